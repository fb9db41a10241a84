import { Fragment } from 'react'
import { durationText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Attempt } from '../api/types'
import { attemptTone } from '../status'
import { field } from '../viewers/shape'
import styles from './AttemptChips.module.css'

interface Props {
  attempts: Attempt[]
  chosen: number
  onChoose: (number: number) => void
  /** Shows what differs between this attempt and the one before. */
  onCompare: (number: number) => void
}

/** One chip per attempt with the code that came back, and the wait between them. */
export function AttemptChips({ attempts, chosen, onChoose, onCompare }: Props) {
  if (attempts.length < 2) return null
  const before = attempts.find((one) => one.number === chosen - 1)
  return (
    <div className={styles.chips} role="group" aria-label="Attempts">
      {attempts.map((attempt, index) => (
        <Fragment key={attempt.number}>
          <Wait before={attempts[index - 1]} after={attempt} />
          <button type="button" className={styles.chip} aria-pressed={attempt.number === chosen} onClick={() => onChoose(attempt.number)}>
            <StatusIcon tone={attemptTone(attempt.status)} label={attempt.status} />
            <b>{attempt.number}</b>
            <span className={styles.code}>{codeOf(attempt)}</span>
            <span className={styles.took}>{durationText(attempt.duration_ms)}</span>
          </button>
        </Fragment>
      ))}
      {before && (
        <button type="button" className={styles.compare} onClick={() => onCompare(chosen)}>
          diff {before.number} → {chosen}
        </button>
      )}
    </div>
  )
}

function Wait({ before, after }: { before: Attempt | undefined; after: Attempt }) {
  if (!before?.finished_at) return null
  const wait = Date.parse(after.started_at) - Date.parse(before.finished_at)
  return (
    <span className={styles.wait} title="Wait between the attempts">
      {durationText(Math.max(0, wait))}
    </span>
  )
}

export function codeOf(attempt: Attempt): string {
  const status = field(attempt.response, 'status')
  if (typeof status === 'number' || typeof status === 'string') return String(status)
  return attempt.failure?.code ?? ''
}
