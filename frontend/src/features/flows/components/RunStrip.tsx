import { Link } from '@tanstack/react-router'
import { momentText } from '@/lib/time'
import { statusLook } from '@/ui/runStatus'
import type { Run } from '../api/types'
import styles from './RunStrip.module.css'

/** One cell for each of the last finished runs, oldest first; each opens its execution. */
export function RunStrip({ runs }: { runs: Run[] }) {
  return (
    <span className={styles.strip}>
      {runs.map((run) => {
        const look = statusLook(run.status)
        const about = `#${run.id} ${look.label.toLowerCase()}, ${momentText(run.finished_at ?? run.queued_at)}`
        return (
          <Link
            key={run.id}
            to="/executions/$executionId"
            params={{ executionId: String(run.id) }}
            className={styles.cell}
            title={about}
            aria-label={about}
            tabIndex={-1}
            preload={false}
          >
            <i className={styles[look.tone]} />
          </Link>
        )
      })}
    </span>
  )
}
