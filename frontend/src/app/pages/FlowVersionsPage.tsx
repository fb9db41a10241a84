import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { flowQueries, restoreVersion } from '@/features/flows/api/queries'
import type { VersionRow } from '@/features/flows/api/types'
import { VersionDiff } from '@/features/flows/components/VersionDiff'
import { VersionList } from '@/features/flows/components/VersionList'
import type { VersionsSearch } from '@/features/flows/search'
import { mayRun, meQuery } from '@/lib/me'
import { Button, buttonClass } from '@/ui/Button'
import { Problem } from '@/lib/http'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './FlowVersionsPage.module.css'
import page from './Page.module.css'

const route = getRouteApi(PATHS.flowVersions)
const NARROW = '(max-width: 900px)'

export function FlowVersionsPage() {
  const { slug } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const me = useQuery(meQuery)
  const flow = useQuery(flowQueries.flow(slug))
  const list = useInfiniteQuery(flowQueries.versions(slug))
  const uses = useQuery(flowQueries.versionUses(slug))
  const isNarrow = useMediaQuery(NARROW)
  const versions = list.data?.pages.flatMap((one) => one.items) ?? []
  const restore = useMutation({
    mutationFn: (version: VersionRow) => restoreVersion(slug, version.number, flow.data?.tag),
    onSettled: () => queries.invalidateQueries({ queryKey: flowQueries.all }),
  })
  useEffect(() => {
    document.title = `History of ${slug} – Stepwell`
  }, [slug])
  if (list.isPending) return <Skeleton rows={16} height={44} />
  if (list.isError) {
    const isGone = list.error instanceof Problem && list.error.status === 404
    const toFlows = { label: 'All flows', run: () => void navigate({ to: PATHS.flows }) }
    return <Notice isPage role="alert" title={list.error.message} detail={isGone ? undefined : 'The versions could not be read.'} action={isGone ? toFlows : { label: 'Try again', run: () => void list.refetch() }} />
  }
  const from = search.from ?? versions[1]?.number ?? versions[0]?.number
  const to = search.to ?? versions[0]?.number
  const isUnified = search.view === 'unified' || isNarrow
  const change = (part: Partial<VersionsSearch>): void =>
    void navigate({ to: PATHS.flowVersions, params: { slug }, search: { ...search, ...part }, replace: true })
  return (
    <div className={styles.page}>
      <header className={page.top}>
        <Link to={PATHS.flows} className={styles.crumb}>
          Flows
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <Link to={PATHS.flow} params={{ slug }} className={styles.crumb}>
          {flow.data?.name ?? slug}
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>History</h1>
        <span className={page.gap} />
        <Button onClick={() => change({ view: search.view === 'unified' ? undefined : 'unified' })}>
          {search.view === 'unified' ? 'Side by side' : 'Unified'}
        </Button>
        <Link to={PATHS.flow} params={{ slug }} className={buttonClass()}>
          Back to the text
        </Link>
      </header>
      {restore.isError && <Notice role="alert" title={restore.error.message} />}
      <div className={styles.panels}>
        <div className={styles.list}>
          <VersionList
            slug={slug}
            versions={versions}
            uses={uses.data}
            from={from}
            to={to}
            mayWrite={mayRun(me.data, search.workspace) === true}
            isBusy={restore.isPending}
            onCompare={(one, other) => change({ from: one, to: other })}
            onRestore={(version) => restore.mutate(version)}
          />
          {list.hasNextPage && (
            <p className={styles.more}>
              <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                Older versions
              </Button>
            </p>
          )}
        </div>
        <section className={styles.diff} aria-label={`Version ${from ?? ''} compared with version ${to ?? ''}`}>
          <p className={styles.legend}>
            <span>
              Version {from} <span aria-hidden="true">→</span> version {to}
            </span>
          </p>
          {from !== undefined && to !== undefined && from !== to && <VersionDiff slug={slug} from={from} to={to} isUnified={isUnified} />}
          {from === to && <Notice title={versions.length < 2 ? 'There is one version so far: nothing to compare.' : 'Choose two versions to compare.'} />}
        </section>
      </div>
    </div>
  )
}
