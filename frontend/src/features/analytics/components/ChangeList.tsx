import { Link } from '@tanstack/react-router'
import { momentText } from '@/lib/time'
import type { ChangeMark } from '../durations'
import styles from './ChangeList.module.css'
import { Nothing } from './Panel'

/** Where it changed for good, with the run it began with. */
export function ChangeList({ marks }: { marks: readonly ChangeMark[] }) {
  if (marks.length === 0) return <Nothing>In the last 300 passed runs of each environment it took the same throughout.</Nothing>
  return (
    <ul className={styles.list}>
      {marks.map((one) => (
        <li key={`${one.environment} ${one.execution}`} className={styles.one} data-slower={one.isSlower}>
          <b>{one.words}</b>
          <span>
            in {one.environment || 'no environment'} since{' '}
            <Link to="/executions/$executionId" params={{ executionId: String(one.execution) }} preload={false}>
              #{one.execution}
            </Link>
          </span>
          <time dateTime={one.at}>{momentText(one.at)}</time>
        </li>
      ))}
    </ul>
  )
}
