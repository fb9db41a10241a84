import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { flowQueries } from '@/features/flows/api/queries'
import type { FlowRow } from '@/features/flows/api/types'
import { FirstFlow } from '@/features/flows/components/FirstFlow'
import { FlowFilters } from '@/features/flows/components/FlowFilters'
import { FlowList } from '@/features/flows/components/FlowList'
import { RunDrawer } from '@/features/flows/components/RunDrawer'
import { useRecentLive } from '@/features/flows/hooks/useRecentLive'
import type { FlowListSearch } from '@/features/flows/search'
import { mayRun, meQuery } from '@/lib/me'
import { countText } from '@/lib/time'
import { Button, buttonClass } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './Page.module.css'

const route = getRouteApi(PATHS.flows)

export function FlowsPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const list = useInfiniteQuery(flowQueries.list(search))
  const flows = list.data?.pages.flatMap((page) => page.items) ?? []
  const recent = useQuery(flowQueries.recent(flows.map((flow) => flow.slug)))
  const [running, setRunning] = useState<FlowRow | null>(null)
  useRecentLive(search.workspace)
  useEffect(() => {
    document.title = 'Flows – Stepwell'
  }, [])
  const may = mayRun(me.data, search.workspace)
  const isNarrowed = Boolean(search.q ?? search.tag ?? search.suite ?? search.archived)
  const narrow = (part: Partial<FlowListSearch>): void => void navigate({ to: PATHS.flows, search: { ...search, ...part }, replace: true })
  const isEmpty = list.data !== undefined && flows.length === 0
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>Flows</h1>
        <span className={styles.gap} />
        {may && (
          <Link to={PATHS.newFlow} className={buttonClass('primary')}>
            <Icon name="plus" size={14} />
            New flow
          </Link>
        )}
      </header>
      {!(isEmpty && !isNarrowed) && <FlowFilters search={search} onChange={narrow} />}
      {list.isPending && <Skeleton rows={14} height={44} />}
      {list.isError && <Notice role="alert" title={list.error.message} detail="The flows could not be read." action={{ label: 'Try again', run: () => void list.refetch() }} />}
      {flows.length > 0 && (
        <FlowList flows={flows} recent={recent.data} isOld={list.isPlaceholderData} mayRun={may} onRun={setRunning} onNarrow={narrow} />
      )}
      {recent.isError && <Notice role="alert" title={recent.error.message} detail="How the flows ran lately could not be read." action={{ label: 'Try again', run: () => void recent.refetch() }} />}
      {isEmpty && isNarrowed && <Notice title="No flow matches." action={{ label: 'Show all flows', run: () => void navigate({ to: PATHS.flows, search: {} }) }} />}
      {isEmpty && !isNarrowed && <FirstFlow mayWrite={may === true} />}
      {flows.length > 0 && (
        <footer className={styles.foot}>
          {list.hasNextPage && (
            <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              More flows
            </Button>
          )}
          <span className={styles.gap} />
          <span>{list.hasNextPage ? `The first ${countText(flows.length, 'flow')}` : countText(flows.length, 'flow')}</span>
        </footer>
      )}
      <RunDrawer
        isOpen={running !== null}
        onClose={() => setRunning(null)}
        flow={running ? { slug: running.slug, name: running.name, version: running.latest_version } : undefined}
        onStarted={(execution) => void navigate({ to: PATHS.execution, params: { executionId: String(execution.id) } })}
      />
    </>
  )
}
