import { Card } from '@/ui/Card'
import { CodeView } from '@/ui/CodeView'
import { Masked } from '@/ui/Masked'
import type { Attempt, Failure, StepDetail } from '../api/types'
import { fieldsOf } from '../viewers/shape'
import styles from './StepPanel.module.css'

/** What went wrong in the words of who noticed; why a step was skipped; what is not known. */
export function Outcome({ step, attempt }: { step: StepDetail; attempt: Attempt }) {
  if (step.status === 'skipped') return <Skipped step={step} attempt={attempt} />
  const failure = attempt.failure ?? (step.status === 'failed' ? step.failure : null)
  if (failure) return <Failed step={step} attempt={attempt} failure={failure} />
  if (attempt.status !== 'cancelled' || !step.message) return null
  return (
    <Card title="Cancelled">
      <p className={styles.outcome}>
        <Masked text={step.message} />
      </p>
    </Card>
  )
}

function Skipped({ step, attempt }: { step: StepDetail; attempt: Attempt }) {
  const condition = fieldsOf(attempt.condition)
  return (
    <Card title="Skipped">
      <p className={styles.outcome}>{step.skip_reason ?? 'Its condition did not hold.'}</p>
      {condition && <CodeView label="The condition as evaluated" value={condition} />}
    </Card>
  )
}

/** From here on it may have to be scrolled, also with keys. */
const LONG = 1000

function Failed({ step, attempt, failure }: { step: StepDetail; attempt: Attempt; failure: Failure }) {
  const isOnlyAssertions = failure.kind === 'assertion' && attempt.assertions.some((one) => !one.held)
  // The table of the assertions says the same, and what was expected.
  if (isOnlyAssertions && !step.may_have_taken_effect && attempt.late_results.length === 0) return null
  return (
    <section className={styles.failed} aria-label="What failed" data-last={attempt === step.attempts.at(-1)}>
      <div className={styles.failedHead}>
        <pre className={`${styles.outcome ?? ''} ${styles.failText ?? ''}`} tabIndex={failure.message.length > LONG ? 0 : undefined}>
          <Masked text={failure.message} />
        </pre>
        <span className={styles.tag}>{failure.kind}</span>
        {failure.code && failure.code !== failure.kind && <span className={styles.tag}>{failure.code}</span>}
      </div>
      {step.may_have_taken_effect && <p className={styles.doubt}>Nobody knows how far it came: it may have taken effect.</p>}
      {attempt.late_results.map((late) => (
        <p key={late.at} className={styles.doubt}>
          A worker came back later with “{late.status}”: <Masked text={late.message} />
        </p>
      ))}
    </section>
  )
}
