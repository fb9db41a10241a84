import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { meQuery } from '@/lib/me'
import { nameWorkspace, Problem } from '@/lib/http'
import { NoWorkspace } from './NoWorkspace'
import { Rail } from './Rail'
import { useOwnWorkspace } from './useOwnWorkspace'
import styles from './Shell.module.css'

/** The rail, and the page beside it. The rail names only what there is. */
export function Shell() {
  const workspace = useRouterState({ select: (state) => (state.location.search as { workspace?: string }).workspace })
  nameWorkspace(workspace)
  const me = useQuery(meQuery)
  useOwnWorkspace(workspace, me.data, me.error)
  return (
    <div className={styles.shell}>
      <Rail me={me.data} />
      <main className={styles.page}>
        {me.error instanceof Problem && me.error.status === 404 ? <NoWorkspace problem={me.error} named={workspace} /> : <Outlet />}
      </main>
    </div>
  )
}
