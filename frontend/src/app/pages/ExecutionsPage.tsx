import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { executionQueries } from '@/features/executions/api/queries'
import { BulkBar, BulkResult } from '@/features/executions/components/BulkBar'
import { ExecutionList } from '@/features/executions/components/ExecutionList'
import { KeysHelp } from '@/features/executions/components/KeysHelp'
import { Histogram } from '@/features/executions/components/Histogram'
import { ListFoot } from '@/features/executions/components/ListFoot'
import { LiveCorner } from '@/features/executions/components/LiveCorner'
import { NoMatch } from '@/features/executions/components/NoMatch'
import { QuickFilters } from '@/features/executions/components/QuickFilters'
import { SearchBox } from '@/features/executions/components/SearchBox'
import { useBulk } from '@/features/executions/hooks/useBulk'
import { useListLive } from '@/features/executions/hooks/useListLive'
import type { LiveState } from '@/features/executions/hooks/useExecutionLive'
import { useSelection } from '@/features/executions/hooks/useSelection'
import { type ListSearch, valuesOf, withValues } from '@/features/executions/search'
import { useKeys } from '@/lib/keys'
import { mayRun, meQuery } from '@/lib/me'
import { Problem } from '@/lib/http'
import type { SocketState } from '@/lib/socket'
import { buttonClass } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import { RunAFlow } from '../RunAFlow'
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
  const me = useQuery(meQuery)
  const [helps, setHelps] = useState(false)
  useEffect(() => {
    document.title = 'Executions – Stepwell'
  }, [])
  const change = (next: ListSearch): void =>
    void navigate({ to: PATHS.executions, search: next, replace: true })
  const { cursor, workspace, q } = search
  const write = (text: string): void => change({ workspace, q: text || undefined })
  const isWrong = list.error instanceof Problem && list.error.status === 422
  const histogram = useQuery({ ...executionQueries.histogram(q, socket === 'open'), enabled: !isWrong })
  const items = list.data?.items ?? []
  const next = list.data?.next
  const shownIds = useMemo(() => (list.data?.items ?? []).map((one) => one.id), [list.data])
  const selection = useSelection(shownIds, JSON.stringify(search))
  const bulk = useBulk()
  const mayOrder = mayRun(me.data, workspace) === true
  const rerun = (): void => {
    if (selection.ids.size > 0 && mayOrder && !bulk.isPending) bulk.mutate({ verb: 'rerun', mode: 'today', trigger: 'api', ...(selection.isAll ? { q: q ?? '' } : { ids: [...selection.ids] }) })
  }
  const compare = (earlier: number, later: number): void => void navigate({ to: PATHS.compare, params: { executionId: String(later) }, search: { with: earlier } })
  const pair = [...selection.ids].toSorted((one, other) => one - other)
  useKeys({
    '?': () => setHelps(true),
    r: rerun,
    c: () => {
      if (pair.length === 2 && pair[0] !== undefined && pair[1] !== undefined) compare(pair[0], pair[1])
    },
  })
  const isZoomed = valuesOf(q ?? '', 'since').length + valuesOf(q ?? '', 'until').length > 0
  const hold = (since: string[], until: string[]): void => write(withValues(withValues(q ?? '', 'since', since), 'until', until))
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>Executions</h1>
        <QuickFilters q={q ?? ''} onChange={write} />
        <span className={styles.gap} />
        <Link to={PATHS.batches} className={buttonClass()}>
          Batches
        </Link>
        <LiveCorner {...liveness(list.isError && !isWrong, list.errorUpdatedAt, socket)} />
        {mayRun(me.data, workspace) && <RunAFlow />}
      </header>
      <SearchBox q={q ?? ''} problem={isWrong ? list.error?.message : undefined} onChange={write} />
      {histogram.data && !isWrong && (
        <Histogram histogram={histogram.data} isZoomed={isZoomed} onZoom={(since, until) => hold([since], [until])} onClear={() => hold([], [])} />
      )}
      {histogram.isPending && !isWrong && <div className={styles.waiting} />}
      {list.isPending && <Skeleton rows={16} height={36} />}
      {list.isError && !isWrong && (
        <Notice role="alert" title={list.error.message} detail="The runs could not be read." action={{ label: 'Try again', run: () => void list.refetch() }} />
      )}
      {list.data && items.length > 0 && (
        <ExecutionList
          executions={items}
          searchKey={JSON.stringify(search)}
          isOld={list.isPlaceholderData}
          selection={selection}
          onOpen={(id) => void navigate({ to: PATHS.execution, params: { executionId: String(id) } })}
        />
      )}
      {list.data && items.length === 0 && q && <NoMatch q={q} onChange={write} />}
      {list.data && items.length === 0 && !q && (
        <Notice title="No runs yet. Run a flow, or let a schedule do it." detail="stepwell run FLOW.yaml runs one from a terminal." />
      )}
      {bulk.error && <Notice role="alert" title={bulk.error.message} />}
      {bulk.data && <BulkResult result={bulk.data} onClose={bulk.reset} />}
      {items.length > 0 && selection.ids.size > 0 && (
        <BulkBar
          selection={selection}
          executions={items}
          q={q ?? ''}
          total={histogram.data && !histogram.data.is_capped ? histogram.data.total : null}
          mayRun={mayOrder}
          isBusy={bulk.isPending}
          onOrder={bulk.mutate}
          onCompare={compare}
        />
      )}
      {items.length > 0 && selection.ids.size === 0 && (
        <ListFoot
          count={items.length}
          isNarrowed={Boolean(q)}
          searchedTo={list.data?.searched_to ?? null}
          onNewest={cursor ? () => change({ workspace, q }) : undefined}
          onOlder={next ? () => void navigate({ to: PATHS.executions, search: { ...search, cursor: next } }) : undefined}
          onKeys={() => setHelps(true)}
        />
      )}
      <KeysHelp isOpen={helps} onClose={() => setHelps(false)} />
    </>
  )
}
