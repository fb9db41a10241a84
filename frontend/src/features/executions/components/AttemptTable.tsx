import { durationText } from '@/lib/time'
import { Card } from '@/ui/Card'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Attempt, StepDetail } from '../api/types'
import { attemptTone } from '../status'
import type { StepSearch } from '../stepSearch'
import { codeOf } from './AttemptChips'
import styles from './StepPanel.module.css'

/** Every attempt with its own result, and which of them it was that passed. */
export function AttemptTable({ step, onSearch }: { step: StepDetail; onSearch: (change: Partial<StepSearch>) => void }) {
  return (
    <Card title="Attempts" aside={verdictOf(step)}>
      <div className={grid.scroll}>
        <table className={grid.grid}>
          <thead>
            <tr>
              <th>Attempt</th>
              <th>Result</th>
              <th>Code</th>
              <th className={grid.number}>Queued</th>
              <th className={grid.number}>Duration</th>
              <th>What happened</th>
            </tr>
          </thead>
          <tbody>
            {step.attempts.map((one) => (
              <tr key={one.number}>
                <td>
                  <button type="button" className={styles.open} onClick={() => onSearch({ attempt: one.number, tab: 'summary', at: undefined })}>
                    {one.number}
                  </button>
                </td>
                <td>
                  <span className={styles.result}>
                    <StatusIcon tone={attemptTone(one.status)} /> {one.status}
                  </span>
                </td>
                <td>{codeOf(one)}</td>
                <td className={grid.number}>{durationText(one.queue_ms)}</td>
                <td className={grid.number}>{durationText(one.duration_ms)}</td>
                <td>
                  <Masked text={one.failure?.message ?? ''} />
                  <Late attempt={one} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Late({ attempt }: { attempt: Attempt }) {
  return attempt.late_results.map((late) => (
    <span key={late.at} className={styles.doubt}>
      A worker came back later with “{late.status}”: <Masked text={late.message} />
    </span>
  ))
}

function verdictOf({ attempts, status }: StepDetail): string {
  const winner = attempts.find((one) => one.status === 'passed')
  if (winner) return attempts.length > 1 ? `attempt ${winner.number} of ${attempts.length} passed` : 'it passed at once'
  if (status !== 'failed') return ''
  return attempts.length > 1 ? `all ${attempts.length} failed` : 'it failed'
}
