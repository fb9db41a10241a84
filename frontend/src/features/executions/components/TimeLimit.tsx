import { durationText } from '@/lib/time'
import styles from './ExecutionFacts.module.css'

/** How much of the time a run may take is used up. */
export function TimeLimit({ from, to, now }: { from: string; to: string; now: number }) {
  const [begin, end] = [Date.parse(from), Date.parse(to)]
  const share = Math.min(Math.max((now - begin) / Math.max(end - begin, 1), 0), 1)
  return (
    <span className={styles.limit}>
      <span className={styles.limitBar} aria-hidden="true">
        <i style={{ width: `${100 * share}%` }} />
      </span>
      <span className={styles.usual}>
        {durationText(Math.max(0, end - now))} left of {durationText(end - begin)}
      </span>
    </span>
  )
}
