import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router'
import { readCompareSearch } from '@/features/executions/compareSearch'
import { readListSearch } from '@/features/executions/search'
import { readStepSearch } from '@/features/executions/stepSearch'
import { ExecutionsPage } from './pages/ExecutionsPage'
import { NotFoundPage } from './pages/NotFoundPage'
import { PATHS } from './paths'
import { Shell } from './Shell'
import { readAuditSearch } from './workspaceSearch'

/** What every page may say: in which workspace it is. It stays in the address wherever one goes. */
interface RootSearch {
  workspace?: string | undefined
}

function readRootSearch(raw: Record<string, unknown>): RootSearch {
  const { workspace } = raw
  return (typeof workspace === 'string' || typeof workspace === 'number') && String(workspace) ? { workspace: String(workspace) } : {}
}

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  validateSearch: readRootSearch,
  search: { middlewares: [retainSearchParams<RootSearch>(['workspace'])] },
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to go elsewhere
  beforeLoad: () => { throw redirect({ to: PATHS.executions }) },
})

export const executionsRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.executions,
  validateSearch: readListSearch,
  component: ExecutionsPage,
})

export const executionRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.execution,
  validateSearch: readStepSearch,
  component: lazyRouteComponent(() => import('./pages/ExecutionPage'), 'ExecutionPage'),
})

export const compareRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.compare,
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('./pages/CompareExecutionsPage'), 'CompareExecutionsPage'),
})

const workspaceHome = createRoute({
  getParentRoute: () => root,
  path: PATHS.workspace,
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to go elsewhere
  beforeLoad: () => { throw redirect({ to: PATHS.workspacePart, params: { part: 'tokens' } }) },
})

export const workspaceRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.workspacePart,
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('./pages/WorkspacePage'), 'WorkspacePage'),
})

const schedulesRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.schedules,
  component: lazyRouteComponent(() => import('./pages/SchedulesPage'), 'SchedulesPage'),
})

const newScheduleRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.newSchedule,
  component: lazyRouteComponent(() => import('./pages/NewSchedulePage'), 'NewSchedulePage'),
})

const scheduleRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.schedule,
  component: lazyRouteComponent(() => import('./pages/SchedulePage'), 'SchedulePage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    executionsRoute,
    executionRoute,
    compareRoute,
    schedulesRoute,
    newScheduleRoute,
    scheduleRoute,
    workspaceHome,
    workspaceRoute,
  ]),
  trailingSlash: 'preserve',
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
