import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { meQuery } from '@/features/executions/api/me'
import { executionQueries } from '@/features/executions/api/queries'
import { ExecutionList } from '@/features/executions/components/ExecutionList'
import { KeysHelp } from '@/features/executions/components/KeysHelp'
import { ListCounts } from '@/features/executions/components/ListCounts'
import { ListFilters } from '@/features/executions/components/ListFilters'
import { LiveCorner } from '@/features/executions/components/LiveCorner'
import { useListLive } from '@/features/executions/hooks/useListLive'
import type { ListSearch } from '@/features/executions/search'
import { useKeys } from '@/lib/keys'
import { countText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './ExecutionsPage.module.css'

const route = getRouteApi(PATHS.executions)

export function ExecutionsPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const socket = useListLive(search.workspace)
  const list = useQuery(executionQueries.list(search, socket === 'open'))
  const me = useQuery(meQuery)
  const [helps, setHelps] = useState(false)
  useKeys({ '?': () => setHelps(true) })
  useEffect(() => {
    document.title = 'Executions – Stepwell'
  }, [])
  const change = (next: ListSearch): void => void navigate({ to: PATHS.executions, search: next, replace: true })
  const { cursor, workspace, ...filters } = search
  const isNarrowed = Object.values(filters).some(Boolean)
  const items = list.data?.items ?? []
  const next = list.data?.next
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>Executions</h1>
        {me.data && me.data.workspaces.length > 1 && (
          <select
            className={styles.workspace}
            aria-label="Workspace"
            value={workspace ?? me.data.workspace}
            onChange={(event) => change({ workspace: event.target.value })}
          >
            {me.data.workspaces.map((one) => (
              <option key={one.slug} value={one.slug}>
                {one.name}
              </option>
            ))}
          </select>
        )}
        <span className={styles.gap} />
        <LiveCorner state={list.isError ? 'offline' : 'live'} since={list.isError ? new Date(list.errorUpdatedAt) : null} />
      </header>
      <ListFilters search={search} onChange={change} />
      {list.data && <ListCounts executions={items} />}
      {list.isPending && <Skeleton rows={16} height={36} />}
      {list.isError && (
        <Notice role="alert" title={list.error.message} detail="The runs could not be read." action={{ label: 'Try again', run: () => void list.refetch() }} />
      )}
      {list.data && items.length > 0 && (
        <ExecutionList
          executions={items}
          searchKey={JSON.stringify(search)}
          isOld={list.isPlaceholderData}
          onOpen={(id) => void navigate({ to: PATHS.execution, params: { executionId: String(id) } })}
        />
      )}
      {list.data && items.length === 0 && isNarrowed && (
        <Notice title="No run matches." action={{ label: 'Remove all filters', run: () => change(workspace ? { workspace } : {}) }} />
      )}
      {list.data && items.length === 0 && !isNarrowed && (
        <Notice title="No runs yet. Run a flow, or let a schedule do it." detail="stepwell run FLOW.yaml runs one from a terminal." />
      )}
      {list.data && items.length > 0 && (
        <footer className={styles.foot}>
          {cursor && <Button onClick={() => change({ ...filters, ...(workspace ? { workspace } : {}) })}>Newest</Button>}
          {next && <Button onClick={() => void navigate({ to: PATHS.executions, search: { ...search, cursor: next } })}>Older runs</Button>}
          <span className={styles.gap} />
          <span>{next ? `${countText(items.length, 'most recent run')}${isNarrowed ? ' that match' : ''}` : countText(items.length, 'run')}</span>
          <button type="button" onClick={() => setHelps(true)} className={styles.help}>
            <kbd className={styles.key}>?</kbd> keys
          </button>
        </footer>
      )}
      <KeysHelp isOpen={helps} onClose={() => setHelps(false)} />
    </>
  )
}
