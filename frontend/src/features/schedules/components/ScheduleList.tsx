import { Link } from '@tanstack/react-router'
import type { Schedule } from '../api/types'
import { runTimeText } from '../words'
import styles from './ScheduleList.module.css'
import { SlotStrip } from './SlotStrip'

export function ScheduleList({ schedules }: { schedules: Schedule[] }) {
  return (
    <div className={styles.list} role="table" aria-label="Schedules">
      <div className={styles.head} role="row">
        <span role="columnheader">Schedule</span>
        <span role="columnheader">Flow</span>
        <span role="columnheader">When</span>
        <span role="columnheader">Next run</span>
        <span role="columnheader">Last results</span>
      </div>
      {schedules.map((schedule) => (
        <div key={schedule.id} className={styles.row} role="row" data-schedule={schedule.name} data-paused={schedule.is_paused}>
          <span role="cell" className={styles.about}>
            <Link to="/schedules/$scheduleId" params={{ scheduleId: String(schedule.id) }} className={styles.name}>
              {schedule.name}
            </Link>
            {schedule.description && <span className={styles.quiet}>{schedule.description}</span>}
          </span>
          <span role="cell" className={styles.about}>
            <span>{schedule.flow_name}</span>
            <span className={styles.quiet}>{schedule.environment ?? 'no environment'}</span>
          </span>
          <span role="cell" className={styles.about}>
            <span>{schedule.in_words}</span>
            {schedule.cron && <code className={styles.quiet}>{schedule.cron}</code>}
          </span>
          <span role="cell" className={styles.about}>
            <Coming schedule={schedule} />
          </span>
          <span role="cell">
            <SlotStrip slots={schedule.last_slots} />
          </span>
        </div>
      ))}
    </div>
  )
}

/** When it runs next, or why it does not. */
function Coming({ schedule }: { schedule: Schedule }) {
  const [next] = schedule.next_runs
  if (schedule.is_paused) {
    return (
      <>
        <span className={styles.paused}>Paused{schedule.paused_by ? ` by ${schedule.paused_by}` : ''}</span>
        {schedule.pause_note && <span className={styles.quiet}>{schedule.pause_note}</span>}
      </>
    )
  }
  if (schedule.trouble) return <span className={styles.trouble}>{schedule.trouble}</span>
  if (!next) return <span className={styles.quiet}>never again</span>
  return (
    <>
      <time dateTime={next.at}>{runTimeText(next)}</time>
      <span className={styles.quiet}>{schedule.timezone}</span>
    </>
  )
}
