import { Link } from '@tanstack/react-router'
import { countText } from '@/lib/time'
import type { Diagnosis, Seen as Run } from '../api'
import styles from './diagnosis.module.css'

const MOST = 50

/** How often this very failure was there, and how the last runs of the step ended: a cell each, this one last. */
export function Seen({ diagnosis: { seen, group, items } }: { diagnosis: Diagnosis }) {
  const known = items.find((one) => one.type === 'fingerprint')
  const runs = seen.slice(-MOST)
  return (
    <span className={styles.seen}>
      {known && group && (
        <Link to="/analytics/failures/$fingerprint" params={{ fingerprint: group }} title={known.fact}>
          {timesText(Number(known.data.count))}
        </Link>
      )}
      <span className={styles.strip} role="img" aria-label={stripLabel(runs)}>
        {runs.map((run) => (
          <i key={run.execution} data-outcome={run.outcome} title={`#${run.execution} ${run.outcome}`} />
        ))}
      </span>
    </span>
  )
}

function timesText(count: number): string {
  return count === 1 ? 'seen this once' : `seen ${count.toLocaleString('en-GB')} times`
}

function stripLabel(runs: Run[]): string {
  const count = (outcome: string): number => runs.filter((run) => run.outcome === outcome).length
  const parts = [`${count('passed')} passed`, `${count('recovered')} passed after a retry`, `${count('failed')} failed`]
  return `The last ${countText(runs.length, 'run')} of this step here: ${parts.join(', ')}`
}
