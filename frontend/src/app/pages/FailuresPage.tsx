import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { analyticsQueries, csvAddress } from '@/features/analytics/api/queries'
import { AnalyticsHead } from '@/features/analytics/components/AnalyticsHead'
import { FailureFilters } from '@/features/analytics/components/FailureFilters'
import { FailureTable } from '@/features/analytics/components/FailureTable'
import styles from '@/features/analytics/components/Overview.module.css'
import { Panel } from '@/features/analytics/components/Panel'
import { type FailureSearch, statesOf } from '@/features/analytics/failureSearch'
import { countText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'

const route = getRouteApi(PATHS.failures)

export function FailuresPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const list = useInfiniteQuery(analyticsQueries.failures(search))
  const groups = list.data?.pages.flatMap((page) => page.items) ?? []
  useEffect(() => {
    document.title = 'Failures – Stepwell'
  }, [])
  const change = (part: Partial<FailureSearch>): void => void navigate({ to: PATHS.failures, search: { ...search, ...part }, replace: true })
  const csv = csvAddress('/failures', search, { state: statesOf(search.state), recurring: search.recurring ? 'true' : undefined, limit: 200 })
  return (
    <>
      <AnalyticsHead scope={search} onChange={change} without={['trigger']} />
      <div className={styles.body}>
        <Panel
          title="Failures"
          note={list.data && `${list.hasNextPage ? 'the first ' : ''}${countText(groups.length, 'distinct failure')}, last seen first`}
          aside={
            <>
              <FailureFilters search={search} onChange={change} />
              <a href={csv} download>
                CSV
              </a>
            </>
          }
          problem={list.error && !list.data ? { error: list.error, retry: () => void list.refetch() } : undefined}
          isOld={list.isPlaceholderData}
        >
          {list.isPending && <Skeleton rows={12} height={34} />}
          {groups.length > 0 && <FailureTable groups={groups} />}
          {list.data && groups.length === 0 && <NoFailure search={search} onChange={change} />}
        </Panel>
        {list.hasNextPage && (
          <div>
            <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              More failures
            </Button>
          </div>
        )}
      </div>
    </>
  )
}

function NoFailure({ search, onChange }: { search: FailureSearch; onChange: (part: Partial<FailureSearch>) => void }) {
  const all = { label: 'Show all of them', run: () => onChange({ state: 'all', recurring: undefined }) }
  return <Notice title={search.state === 'all' ? 'Nothing failed in this time.' : 'No such failure in this time.'} action={search.state === 'all' ? undefined : all} />
}
