import { Fragment } from 'react'
import { durationText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Attempt } from '../api/types'
import { attemptTone } from '../status'
import { field } from '../viewers/shape'
import styles from './StepPanel.module.css'

interface Props {
  attempts: Attempt[]
  chosen: number
  onChoose: (number: number) => void
}

/** One chip per attempt with the code that came back, and the wait between them. */
export function AttemptChips({ attempts, chosen, onChoose }: Props) {
  if (attempts.length < 2) return null
  return (
    <div className={styles.chips} role="group" aria-label="Attempts">
      {attempts.map((attempt, index) => {
        const before = attempts[index - 1]
        const wait = before?.finished_at ? Date.parse(attempt.started_at) - Date.parse(before.finished_at) : null
        return (
          <Fragment key={attempt.number}>
            {wait !== null && <span className={styles.gap}>– {durationText(wait)} –</span>}
            <button type="button" className={styles.chip} aria-pressed={attempt.number === chosen} onClick={() => onChoose(attempt.number)}>
              <StatusIcon tone={attemptTone(attempt.status)} label={attempt.status} />
              <b>{attempt.number}</b>
              <span className={styles.code}>{codeOf(attempt)}</span>
              <span className={styles.quietText}>{durationText(attempt.duration_ms)}</span>
            </button>
          </Fragment>
        )
      })}
    </div>
  )
}

export function codeOf(attempt: Attempt): string {
  const status = field(attempt.response, 'status')
  if (typeof status === 'number' || typeof status === 'string') return String(status)
  return attempt.failure?.code ?? ''
}
