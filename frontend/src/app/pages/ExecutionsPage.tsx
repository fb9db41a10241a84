import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { executionQueries } from '@/features/executions/api/queries'
import { ExecutionList } from '@/features/executions/components/ExecutionList'
import { KeysHelp } from '@/features/executions/components/KeysHelp'
import { Histogram } from '@/features/executions/components/Histogram'
import { LiveCorner } from '@/features/executions/components/LiveCorner'
import { SearchBox } from '@/features/executions/components/SearchBox'
import { useListLive } from '@/features/executions/hooks/useListLive'
import type { LiveState } from '@/features/executions/hooks/useExecutionLive'
import type { ListSearch } from '@/features/executions/search'
import { useKeys } from '@/lib/keys'
import { Problem } from '@/lib/http'
import type { SocketState } from '@/lib/socket'
import { countText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './ExecutionsPage.module.css'

const route = getRouteApi(PATHS.executions)

function liveness(isError: boolean, since: number, socket: SocketState): { state: LiveState; since: Date | null } {
  if (isError) return { state: 'offline', since: new Date(since) }
  return { state: socket === 'closed' ? 'catching up' : 'live', since: null }
}

export function ExecutionsPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const socket = useListLive(search.workspace)
  const list = useQuery(executionQueries.list(search, socket === 'open'))
  const [helps, setHelps] = useState(false)
  useKeys({ '?': () => setHelps(true) })
  useEffect(() => {
    document.title = 'Executions – Stepwell'
  }, [])
  const change = (next: ListSearch): void =>
    void navigate({ to: PATHS.executions, search: next, replace: true })
  const { cursor, workspace, q } = search
  const isNarrowed = Boolean(q)
  const isWrong = list.error instanceof Problem && list.error.status === 422
  const histogram = useQuery({ ...executionQueries.histogram(q, socket === 'open'), enabled: !isWrong })
  const items = list.data?.items ?? []
  const next = list.data?.next
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>Executions</h1>
        <span className={styles.gap} />
        <LiveCorner {...liveness(list.isError && !isWrong, list.errorUpdatedAt, socket)} />
      </header>
      <SearchBox q={q ?? ''} problem={isWrong ? list.error?.message : undefined} onChange={(text) => change({ workspace, q: text || undefined })} />
      {histogram.data && !isWrong && <Histogram histogram={histogram.data} />}
      {list.isPending && <Skeleton rows={16} height={36} />}
      {list.isError && !isWrong && (
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
        <Notice title="No run matches." action={{ label: 'Remove the search', run: () => change({ workspace }) }} />
      )}
      {list.data && items.length === 0 && !isNarrowed && (
        <Notice title="No runs yet. Run a flow, or let a schedule do it." detail="stepwell run FLOW.yaml runs one from a terminal." />
      )}
      {list.data && items.length > 0 && (
        <footer className={styles.foot}>
          {cursor && <Button onClick={() => change({ workspace, q })}>Newest</Button>}
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
