import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { meQuery } from '@/lib/me'
import { AccountMenu } from '@/features/account/components/AccountMenu'
import { WorkspaceSwitch } from '@/features/account/components/WorkspaceSwitch'
import { nameWorkspace, Problem } from '@/lib/http'
import { Icon } from '@/ui/Icon'
import { NoWorkspace } from './NoWorkspace'
import { PATHS } from './paths'
import { useOwnWorkspace } from './useOwnWorkspace'
import styles from './Shell.module.css'

/** The rail, and the page beside it. The rail names only what there is. */
export function Shell() {
  const workspace = useRouterState({ select: (state) => (state.location.search as { workspace?: string }).workspace })
  const execution = useRouterState({ select: (state) => /^\/executions\/(\d+)/.exec(state.location.pathname)?.[1] })
  const isWorkspace = useRouterState({ select: (state) => state.location.pathname.startsWith('/workspace') })
  nameWorkspace(workspace)
  const me = useQuery(meQuery)
  useOwnWorkspace(workspace, me.data, me.error)
  const scheme = useComputedColorScheme('light')
  const { setColorScheme } = useMantineColorScheme()
  return (
    <div className={styles.shell}>
      <nav className={styles.rail} aria-label="Main">
        <Link to={PATHS.executions} className={styles.mark} aria-label="Stepwell">
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
            <rect width="20" height="20" rx="5" fill="var(--ink)" />
            <path d="M5 5h4v4h3v3h3v3" fill="none" stroke="var(--on-ink)" strokeWidth="2" />
          </svg>
        </Link>
        {me.data && <WorkspaceSwitch me={me.data} />}
        <Link to={PATHS.executions} className={styles.item} activeProps={{ 'data-active': true }}>
          <Icon name="executions" />
          Executions
        </Link>
        <Link to={PATHS.flows} className={styles.item} activeProps={{ 'data-active': true }}>
          <Icon name="flow" />
          Flows
        </Link>
        <Link to={PATHS.environments} className={styles.item} activeProps={{ 'data-active': true }}>
          <Icon name="environments" />
          Environments
        </Link>
        <Link to={PATHS.schedules} className={styles.item} activeProps={{ 'data-active': true }}>
          <Icon name="schedule" />
          Schedules
        </Link>
        <Link to={PATHS.analytics} className={styles.item} activeProps={{ 'data-active': true }}>
          <Icon name="analytics" />
          Analytics
        </Link>
        <span className={styles.gap} />
        <Link to={PATHS.workspacePart} params={{ part: 'tokens' }} className={styles.item} data-active={isWorkspace || undefined}>
          <Icon name="key" />
          Workspace
        </Link>
        {me.data?.is_operator && (
          <a className={styles.item} href={execution ? `${PATHS.admin}executions/execution/${execution}/change/` : PATHS.admin}>
            <Icon name="admin" />
            Admin
          </a>
        )}
        <button
          type="button"
          className={styles.item}
          onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
          aria-label={scheme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
        >
          <Icon name="theme" />
          Theme
        </button>
        {me.data && <AccountMenu me={me.data} className={styles.item} />}
      </nav>
      <main className={styles.page}>
        {me.error instanceof Problem && me.error.status === 404 ? <NoWorkspace problem={me.error} named={workspace} /> : <Outlet />}
      </main>
    </div>
  )
}
