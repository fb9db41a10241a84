import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { BatchForm } from '@/features/batches/components/BatchForm'
import { mayRun, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import page from './Page.module.css'
import crumbs from './SchedulePage.module.css'

const route = getRouteApi(PATHS.newBatch)

export function NewBatchPage() {
  const { flow } = route.useSearch()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  useEffect(() => {
    document.title = 'Run over rows – Stepwell'
  }, [])
  if (me.isPending) return <Skeleton rows={6} height={44} />
  if (mayRun(me.data, undefined) !== true) return <Notice isPage role="alert" title="Running a flow needs the role editor." detail="You are a viewer here." action={{ label: 'All batches', run: () => void navigate({ to: PATHS.batches }) }} />
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.batches} className={crumbs.crumb}>
          Batches
        </Link>
        <span className={crumbs.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>Run over rows</h1>
      </header>
      <BatchForm flow={flow ?? ''} onStarted={(batch) => void navigate({ to: PATHS.batch, params: { batchId: String(batch.id) } })} />
    </>
  )
}
