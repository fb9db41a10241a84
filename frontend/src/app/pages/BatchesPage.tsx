import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { batchQueries } from '@/features/batches/api'
import { BatchList } from '@/features/batches/components/BatchList'
import { mayRun, meQuery } from '@/lib/me'
import { Button, buttonClass } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './Page.module.css'

export function BatchesPage() {
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const list = useInfiniteQuery(batchQueries.list)
  const batches = list.data?.pages.flatMap((page) => page.items) ?? []
  useEffect(() => {
    document.title = 'Batches – Stepwell'
  }, [])
  const may = mayRun(me.data, undefined) === true
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>Batches</h1>
        <span className={styles.gap} />
        {may && (
          <Link to={PATHS.newBatch} className={buttonClass('primary')}>
            Run over rows
          </Link>
        )}
      </header>
      {list.isPending && <Skeleton rows={8} height={34} />}
      {list.isError && <Notice role="alert" title={list.error.message} detail="The batches could not be read." action={{ label: 'Try again', run: () => void list.refetch() }} />}
      {batches.length > 0 && <BatchList batches={batches} />}
      {list.data && batches.length === 0 && (
        <Notice title="No batches yet. One runs a flow once for each row of a file." action={may ? { label: 'Run over rows', run: () => void navigate({ to: PATHS.newBatch }) } : undefined} />
      )}
      {list.hasNextPage && (
        <footer className={styles.foot}>
          <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Older batches
          </Button>
        </footer>
      )}
    </>
  )
}
