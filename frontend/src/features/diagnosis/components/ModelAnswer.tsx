import { Button } from '@/ui/Button'
import { Changed } from '@/ui/Changed'
import { Masked } from '@/ui/Masked'
import { type Analysis, analysisQueries, type Answer, putLabel } from '../analysis'
import type { Label } from '../api'
import { CAUSE_WORDS } from '../causes'
import type { StepPlace } from '../places'
import styles from './analysis.module.css'
import { Chips } from './Chips'
import rules from './diagnosis.module.css'
import { LabelForm } from './LabelForm'
import { LeftOut } from './LeftOut'

interface Props {
  analysis: Analysis
  answer: Answer
  mayRun: boolean
  /** Undefined where the model cannot be asked again now. */
  onAnew: (() => void) | undefined
  onShow: (place: StepPlace, execution: number | null) => void
}

/** Plain text only, each claim with the evidence that code has checked it against. */
export function ModelAnswer({ analysis, answer, mayRun, onAnew, onShow }: Props) {
  const chips = {
    items: analysis.evidence,
    execution: analysis.execution ?? 0,
    group: analysis.group,
    onShow: (place: StepPlace) => onShow(place, analysis.execution),
  }
  const { failed_step: failed, next_action: next } = answer
  return (
    <div className={styles.answer}>
      {answer.injection_suspected && (
        <p className={styles.warning}>
          Text of the system under test reads like instructions to a model{answer.injected_by.length > 0 && ' '}
          <Chips {...chips} ids={answer.injected_by} />. It was treated as data.
        </p>
      )}
      {answer.summary && <p className={styles.summary}><Masked text={answer.summary} /></p>}
      {failed && <Claim label="What failed" text={failed.text} ids={failed.evidence} chips={chips} />}
      {answer.expected_vs_actual.length > 0 && (
        <dl className={rules.expected}>
          {answer.expected_vs_actual.map((one, index) => (
            <div key={index}>
              <dt><code>{one.field}</code></dt>
              <dd>
                <Changed before={one.expected} after={one.actual} /> <Chips {...chips} ids={one.evidence} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {answer.causes.length > 0 && (
        <ul className={styles.causes} aria-label="Causes by the model">
          {answer.causes.map((one) => (
            <li key={one.category} data-cause={one.category}>
              <span className={styles.likelihood} data-likelihood={one.likelihood} title={one.capped || undefined}>{one.likelihood}{one.capped && '*'}</span>
              <b>{CAUSE_WORDS[one.category]}</b>
              <span className={rules.says}><Masked text={one.statement} /></span>
              <Chips {...chips} ids={one.evidence} />
              {one.counter_evidence.length > 0 && <span className={styles.against}>against it: <Chips {...chips} ids={one.counter_evidence} /></span>}
              {one.capped && <span className={styles.quiet}>* no more than that: {one.capped}</span>}
              {one.check && <span className={styles.check}>Check: <Masked text={one.check} /></span>}
            </li>
          ))}
        </ul>
      )}
      {answer.patterns.map((one, index) => (
        <Claim key={index} label={index === 0 ? 'Earlier runs' : ''} text={one.text} ids={one.evidence} chips={chips} />
      ))}
      {next && <Claim label="Suggests" text={next.text} ids={next.evidence} chips={chips} />}
      {answer.missing_information.length > 0 && (
        <p className={styles.claim}>
          <span className={rules.label}>Not known</span>
          <span><Masked text={answer.missing_information.join(' ')} /></span>
        </p>
      )}
      {analysis.status === 'done' && (
        <div className={styles.end}>
          <LeftOut claims={answer.left_out} />
          {onAnew && <Button small onClick={onAnew}>Analyse anew</Button>}
          {mayRun && (
            <LabelForm
              key={analysis.id}
              label={{ is_helpful: analysis.is_helpful, right_category: analysis.right_category as Label['right_category'] }}
              keep={(label) => putLabel(analysis.id, label)}
              keptIn={analysisQueries.all}
            />
          )}
        </div>
      )}
    </div>
  )
}

function Claim({ label, text, ids, chips }: { label: string; text: string; ids: string[]; chips: Omit<React.ComponentProps<typeof Chips>, 'ids'> }) {
  return (
    <p className={styles.claim}>
      <span className={rules.label}>{label}</span>
      <span><Masked text={text} /></span>
      <Chips {...chips} ids={ids} />
    </p>
  )
}
