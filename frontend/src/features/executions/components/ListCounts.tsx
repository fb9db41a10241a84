import { StatusIcon } from '@/ui/StatusIcon'
import type { Execution } from '../api/types'
import { STATUS, type Status } from '../status'
import styles from './ListCounts.module.css'

/** How the runs that are shown ended. */
export function ListCounts({ executions }: { executions: Execution[] }) {
  const counts = Map.groupBy(executions, (one) => one.status)
  return (
    <p className={styles.counts}>
      <span>
        <b>{executions.length}</b> {executions.length === 1 ? 'run' : 'runs'} shown
      </span>
      {(Object.keys(STATUS) as Status[]).map((status) => {
        const count = counts.get(status)?.length
        return (
          count && (
            <span key={status} className={styles.count}>
              <StatusIcon tone={STATUS[status].tone} />
              <b>{count}</b> {STATUS[status].label.toLowerCase()}
            </span>
          )
        )
      })}
    </p>
  )
}
