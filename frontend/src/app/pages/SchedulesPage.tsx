import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { scheduleQueries } from '@/features/schedules/api/queries'
import { ScheduleList } from '@/features/schedules/components/ScheduleList'
import { mayRun, meQuery } from '@/lib/me'
import { countText } from '@/lib/time'
import { Button, buttonClass } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './Page.module.css'

export function SchedulesPage() {
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const list = useInfiniteQuery(scheduleQueries.list)
  const schedules = list.data?.pages.flatMap((page) => page.items) ?? []
  useEffect(() => {
    document.title = 'Schedules – Stepwell'
  }, [])
  const may = mayRun(me.data, undefined) === true
  const create = { label: 'Create a schedule', run: () => void navigate({ to: PATHS.newSchedule }) }
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>Schedules</h1>
        <span className={styles.gap} />
        {may && (
          <Link to={PATHS.newSchedule} className={buttonClass('primary')}>
            New schedule
          </Link>
        )}
      </header>
      {list.isPending && <Skeleton rows={8} height={48} />}
      {list.isError && <Notice role="alert" title={list.error.message} detail="The schedules could not be read." action={{ label: 'Try again', run: () => void list.refetch() }} />}
      {schedules.length > 0 && <ScheduleList schedules={schedules} />}
      {list.data && schedules.length === 0 && (
        <Notice title="No schedules yet. One runs a flow by itself, at times of the clock or at an interval." action={may ? create : undefined} />
      )}
      {schedules.length > 0 && (
        <footer className={styles.foot}>
          {list.hasNextPage && (
            <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              More schedules
            </Button>
          )}
          <span className={styles.gap} />
          <span>{list.hasNextPage ? `The first ${countText(schedules.length, 'schedule')}` : countText(schedules.length, 'schedule')}</span>
        </footer>
      )}
    </>
  )
}
