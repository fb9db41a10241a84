import { durationText } from '@/lib/time'
import { type Axis, tickText } from '../axis'
import styles from './Timeline.module.css'

export function Ticks({ axis }: { axis: Axis }) {
  return (
    <span className={styles.ticks}>
      {axis.ticks.map((tick) => (
        <span key={tick.ms} style={{ left: `${100 * tick.at}%` }}>
          {tickText(tick.ms, axis.totalMs)}
        </span>
      ))}
    </span>
  )
}

/** Lines through all rows: one under each label, one where idle time was left out, one for now. */
export function Lines({ axis, nowMs }: { axis: Axis; nowMs: number | null }) {
  return (
    <div className={styles.lines} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <i key={tick.ms} style={{ left: `${100 * tick.at}%` }} />
      ))}
      {axis.breaks.map((one) => (
        <i key={one.at} className={styles.break} style={{ left: `${100 * one.at}%` }} title={`${durationText(one.ms)} left out`} />
      ))}
      {nowMs !== null && <i className={styles.now} style={{ left: `${100 * axis.at(nowMs)}%` }} />}
    </div>
  )
}
