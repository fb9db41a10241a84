import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Card } from '@/ui/Card'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { scheduleQueries } from '../api/queries'
import { runTimeText } from '../words'
import styles from './SchedulesAgainst.module.css'

/** What will run against an environment by itself. */
export function SchedulesAgainst({ environment }: { environment: string }) {
  const found = useInfiniteQuery(scheduleQueries.against(environment))
  const schedules = found.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card title="Schedules that run against it">
      {found.isPending && <Skeleton rows={2} height={30} />}
      {found.isError && <Notice role="alert" title={found.error.message} action={{ label: 'Try again', run: () => void found.refetch() }} />}
      {found.data && schedules.length === 0 && <p className={styles.none}>None.</p>}
      {schedules.map((schedule) => (
        <div key={schedule.id} className={styles.one}>
          <Link to="/schedules/$scheduleId" params={{ scheduleId: String(schedule.id) }} className={styles.name}>
            {schedule.name}
          </Link>
          <span className={styles.when}>{schedule.is_paused ? 'paused' : schedule.next_runs[0] ? runTimeText(schedule.next_runs[0]) : 'no further run'}</span>
        </div>
      ))}
      {found.hasNextPage && (
        <button type="button" className={styles.more} onClick={() => void found.fetchNextPage()}>
          More
        </button>
      )}
    </Card>
  )
}
