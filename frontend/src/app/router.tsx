import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router'
import { readDurationSearch } from '@/features/analytics/durationSearch'
import { readFailureSearch } from '@/features/analytics/failureSearch'
import { readScope } from '@/features/analytics/search'
import { readCompareSearch } from '@/features/executions/compareSearch'
import { readListSearch } from '@/features/executions/search'
import { readStepSearch } from '@/features/executions/stepSearch'
import { readEnvironmentSearch } from '@/features/environments/search'
import { readFlowListSearch, readFlowSearch, readNewFlowSearch, readVersionsSearch } from '@/features/flows/search'
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

const flowsRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.flows,
  validateSearch: readFlowListSearch,
  component: lazyRouteComponent(() => import('./pages/FlowsPage'), 'FlowsPage'),
})

const newFlowRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.newFlow,
  validateSearch: readNewFlowSearch,
  component: lazyRouteComponent(() => import('./pages/NewFlowPage'), 'NewFlowPage'),
})

const flowRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.flow,
  validateSearch: readFlowSearch,
  component: lazyRouteComponent(() => import('./pages/FlowPage'), 'FlowPage'),
})

const flowVersionsRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.flowVersions,
  validateSearch: readVersionsSearch,
  component: lazyRouteComponent(() => import('./pages/FlowVersionsPage'), 'FlowVersionsPage'),
})

const environmentsRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.environments,
  component: lazyRouteComponent(() => import('./pages/EnvironmentsPage'), 'EnvironmentsPage'),
})

const newEnvironmentRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.newEnvironment,
  component: lazyRouteComponent(() => import('./pages/NewEnvironmentPage'), 'NewEnvironmentPage'),
})

const compareEnvironmentsRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.compareEnvironments,
  validateSearch: readEnvironmentSearch,
  component: lazyRouteComponent(() => import('./pages/CompareEnvironmentsPage'), 'CompareEnvironmentsPage'),
})

const environmentRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.environment,
  component: lazyRouteComponent(() => import('./pages/EnvironmentPage'), 'EnvironmentPage'),
})

const batchesRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.batches,
  component: lazyRouteComponent(() => import('./pages/BatchesPage'), 'BatchesPage'),
})

const newBatchRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.newBatch,
  validateSearch: (raw: Record<string, unknown>): { flow?: string } => (typeof raw.flow === 'string' && raw.flow ? { flow: raw.flow } : {}),
  component: lazyRouteComponent(() => import('./pages/NewBatchPage'), 'NewBatchPage'),
})

const batchRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.batch,
  component: lazyRouteComponent(() => import('./pages/BatchPage'), 'BatchPage'),
})

export const analyticsRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.analytics,
  validateSearch: readScope,
  component: lazyRouteComponent(() => import('./pages/AnalyticsPage'), 'AnalyticsPage'),
})

const durationsRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.durations,
  validateSearch: readDurationSearch,
  component: lazyRouteComponent(() => import('./pages/DurationsPage'), 'DurationsPage'),
})

const coverageRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.coverage,
  validateSearch: readScope,
  component: lazyRouteComponent(() => import('./pages/CoveragePage'), 'CoveragePage'),
})

const failuresRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.failures,
  validateSearch: readFailureSearch,
  component: lazyRouteComponent(() => import('./pages/FailuresPage'), 'FailuresPage'),
})

const failureRoute = createRoute({
  getParentRoute: () => root,
  path: PATHS.failure,
  component: lazyRouteComponent(() => import('./pages/FailurePage'), 'FailurePage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    executionsRoute,
    executionRoute,
    compareRoute,
    flowsRoute,
    newFlowRoute,
    flowRoute,
    flowVersionsRoute,
    environmentsRoute,
    newEnvironmentRoute,
    compareEnvironmentsRoute,
    environmentRoute,
    schedulesRoute,
    newScheduleRoute,
    scheduleRoute,
    batchesRoute,
    newBatchRoute,
    batchRoute,
    analyticsRoute,
    durationsRoute,
    coverageRoute,
    failuresRoute,
    failureRoute,
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
