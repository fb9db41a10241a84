import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { type Batch, batchQueries } from '@/features/batches/api'
import { BatchActions } from '@/features/batches/components/BatchActions'
import { BatchRows } from '@/features/batches/components/BatchRows'
import styles from '@/features/batches/components/batches.module.css'
import { totalsText } from '@/features/batches/rows'
import { Problem } from '@/lib/http'
import { mayRun, meQuery } from '@/lib/me'
import { durationText, momentText } from '@/lib/time'
import { Notice } from '@/ui/Notice'
import { statusLook } from '@/ui/runStatus'
import { Skeleton } from '@/ui/Skeleton'
import { StatusWord } from '@/ui/StatusWord'
import { PATHS } from '../paths'
import { useHomeWorkspace } from '../useHomeWorkspace'
import page from './Page.module.css'
import crumbs from './SchedulePage.module.css'

const route = getRouteApi(PATHS.batch)

export function BatchPage() {
  const { batchId } = route.useParams()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const found = useQuery(batchQueries.one(Number(batchId)))
  const batch = found.data
  useHomeWorkspace(found.error)
  useEffect(() => {
    document.title = `Batch #${batchId} – Stepwell`
  }, [batchId])
  if (found.isPending) return <Skeleton rows={12} height={34} />
  if (!batch) {
    const isGone = found.error instanceof Problem && found.error.status === 404
    const toList = { label: 'All batches', run: () => void navigate({ to: PATHS.batches }) }
    return <Notice isPage role="alert" title={found.error.message} action={isGone ? toList : { label: 'Try again', run: () => void found.refetch() }} />
  }
  const look = statusLook(batch.status)
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.batches} className={crumbs.crumb}>
          Batches
        </Link>
        <span className={crumbs.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>
          {batch.flow_name} #{batch.id}
        </h1>
        <StatusWord tone={look.tone} label={look.label} pill />
        <span className={page.gap} />
        {mayRun(me.data, undefined) === true && (
          <BatchActions batch={batch} onStarted={(next) => void navigate({ to: PATHS.batch, params: { batchId: String(next.id) } })} />
        )}
      </header>
      <Facts batch={batch} />
      <BatchRows key={batch.id} id={batch.id} isOver={look.final} />
    </>
  )
}

function Facts({ batch }: { batch: Batch }) {
  return (
    <p className={styles.totals} aria-label="Totals" role="status">
      <b>{totalsText(batch)}</b>
      {batch.source && <span>{batch.source}</span>}
      <span>version {batch.flow_version}</span>
      <span>{batch.environment ?? 'no environment'}</span>
      <span>{batch.parallel} at once</span>
      <span>
        {momentText(batch.created_at)} by {batch.actor}
      </span>
      {batch.duration_ms !== null && <span>{durationText(batch.duration_ms)}</span>}
      {batch.cancel_requested_at !== null && <span>cancelled by {batch.cancel_requested_by}</span>}
      {batch.rerun_of !== null && (
        <Link to={PATHS.batch} params={{ batchId: String(batch.rerun_of) }}>
          runs rows of #{batch.rerun_of} again
        </Link>
      )}
    </p>
  )
}
