import { useNow } from '@/lib/clock'
import { durationText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { Masked } from '@/ui/Masked'
import type { StepRun } from '../api/types'
import styles from './StepProgress.module.css'

interface Props {
  run: StepRun
  usualMs: number | undefined
  mostAttempts: number | null | undefined
}

/** A step that is not over: since when, against the usual, and what it waits for. */
export function StepProgress({ run, usualMs, mostAttempts }: Props) {
  const now = useNow(true, 250)
  const since = run.started_at ? Math.max(0, now - Date.parse(run.started_at)) : null
  const due = run.status === 'retrying' && run.due_at ? Math.max(0, Date.parse(run.due_at) - now) : null
  const span = Math.max(since ?? 0, (usualMs ?? 0) * 1.25, 1)
  return (
    <Card>
      <dl className={styles.numbers}>
        <Number name={due === null ? 'Running for' : 'Retrying for'} value={durationText(since)} />
        {due !== null && <Number name={`Attempt ${run.attempts + 1} in`} value={durationText(due)} tone="retry" />}
        <Number name="Attempt" value={`${run.attempts}`} of={mostAttempts ? `of ${mostAttempts}` : undefined} />
        {usualMs !== undefined && <Number name="Usually takes" value={durationText(usualMs)} />}
      </dl>
      <div className={styles.bar} aria-hidden="true">
        <i className={due === null ? '' : styles.waits} style={{ width: `${(100 * (since ?? 0)) / span}%` }} />
        {usualMs !== undefined && <b style={{ left: `${(100 * usualMs) / span}%` }} />}
      </div>
      {run.message && (
        <p className={styles.says}>
          <Masked text={run.message} />
        </p>
      )}
    </Card>
  )
}

function Number({ name, value, of, tone }: { name: string; value: string; of?: string | undefined; tone?: 'retry' }) {
  return (
    <div className={styles.number}>
      <dt>{name}</dt>
      <dd className={tone === 'retry' ? styles.retry : ''}>
        {value} {of && <span className={styles.of}>{of}</span>}
      </dd>
    </div>
  )
}
