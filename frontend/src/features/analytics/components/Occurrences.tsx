import { Link } from '@tanstack/react-router'
import { momentText, wholeMomentText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { GroupDetail } from '../api/types'
import styles from './Occurrences.module.css'

/** The last executions that failed so; those that a retry saved say it. */
export function Occurrences({ occurrences }: { occurrences: GroupDetail['occurrences'] }) {
  return (
    <ul className={styles.list} tabIndex={0} aria-label="Executions that failed so">
      {occurrences.map((one, index) => (
        <li key={`${one.execution} ${index}`}>
          <Link to="/executions/$executionId" params={{ executionId: String(one.execution) }} preload={false} className={styles.one}>
            <StatusIcon tone={one.is_recovered ? 'retry' : 'fail'} label={one.is_recovered ? 'a retry overcame it' : 'failed'} />
            <span className={styles.number}>#{one.execution}</span>
            <span className={styles.where}>
              {one.environment || 'no environment'}, version {one.version}
            </span>
            <time dateTime={one.at} title={wholeMomentText(one.at)}>
              {momentText(one.at)}
            </time>
          </Link>
        </li>
      ))}
    </ul>
  )
}
