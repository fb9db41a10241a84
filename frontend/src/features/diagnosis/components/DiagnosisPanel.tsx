import { useQuery } from '@tanstack/react-query'
import { Notice } from '@/ui/Notice'
import { CATEGORIES, type Diagnosis, diagnosisQueries, type Label, labelQueries, putDiagnosisLabel } from '../api'
import { CAUSE_WORDS, verdictWords } from '../causes'
import type { StepPlace } from '../places'
import { Causes } from './Causes'
import { Expected } from './Expected'
import { LabelForm } from './LabelForm'
import { NextAction } from './NextAction'
import { Seen } from './Seen'
import styles from './diagnosis.module.css'

const NOTHING_SAID: Label = { is_helpful: null, right_category: '' }

interface Props {
  execution: number
  endedAt: string | null
  /** The group of failures, where retries have always overcome it: no run ended with it, an attempt did. */
  overcome?: string
  mayRun: boolean
  onShow: (place: StepPlace) => void
  onRerun: (() => void) | undefined
  /** Buttons beside those of the next action. */
  buttons?: (diagnosis: Diagnosis) => React.ReactNode
  /** Added below what the rules say. */
  children?: React.ReactNode
}

/** What somebody thinks of it, kept for whoever tends the rules. */
function Verdict({ execution }: { execution: number }) {
  const query = labelQueries.of(execution)
  const found = useQuery(query)
  return <LabelForm key={execution} label={found.data ?? NOTHING_SAID} keep={(label) => putDiagnosisLabel(execution, label)} keptIn={query.queryKey} />
}

/** Why the run failed, by rules over what is recorded: there at once, and without any key. */
export function DiagnosisPanel({ execution, endedAt, overcome, mayRun, onShow, onRerun, buttons, children }: Props) {
  const ofRun = useQuery({ ...diagnosisQueries.of(execution, endedAt), enabled: overcome === undefined })
  const ofGroup = useQuery({ ...diagnosisQueries.overcome(overcome ?? ''), enabled: overcome !== undefined })
  const found = overcome === undefined ? ofRun : ofGroup
  if (found.isError && !found.data) {
    return (
      <section className={styles.panel} aria-label="Why it failed">
        <Notice role="alert" title={found.error.message} detail="The diagnosis could not be read; the record below is whole." action={{ label: 'Try again', run: () => void found.refetch() }} />
      </section>
    )
  }
  const diagnosis = found.data
  if (!diagnosis) return <section className={styles.panel} aria-label="Why it failed" aria-busy="true" data-empty />
  const { verdict, rules } = diagnosis
  const isNamed = verdict.confidence !== 'inconclusive'
  const likely = rules.length === 0 ? [] : isNamed ? [verdict.category] : [verdict.category, verdict.runner_up]
  const chips = { execution, group: diagnosis.group, onShow }
  return (
    <section className={styles.panel} aria-label="Why it failed">
      <header className={styles.head}>
        <h3>Why it failed</h3>
        <span className={styles.verdict} role="img" aria-label={likely.length > 0 ? `Likely: ${likely.join(' or ')}` : 'No likely cause'}>
          {CATEGORIES.map((category) => (
            <span key={category} data-on={likely.includes(category) ? (isNamed ? 'likely' : 'maybe') : undefined}>
              {CAUSE_WORDS[category]}
            </span>
          ))}
        </span>
        <span className={styles.quiet}>{verdictWords(diagnosis)}</span>
        <Seen diagnosis={diagnosis} />
      </header>
      <Expected items={diagnosis.items} chips={chips} />
      <Causes diagnosis={diagnosis} chips={chips} />
      <NextAction diagnosis={diagnosis} mayRun={mayRun} onRerun={onRerun} more={buttons?.(diagnosis)} />
      <footer className={styles.foot}>
        <span>From rules, no model used{overcome !== undefined && `; of the attempt in #${diagnosis.execution} that failed before a retry passed`}</span>
        {mayRun && overcome === undefined && <Verdict execution={execution} />}
      </footer>
      {children}
    </section>
  )
}
