import { countText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import { WarningIcon } from '@/ui/WarningIcon'
import type { Problem } from '../api/types'
import { countOf, problemText } from '../editor/problems'
import styles from './ProblemList.module.css'

interface Props {
  problems: readonly Problem[]
  /** Why the text could not be checked. */
  refusal: string | null
  onOpen: (problem: Problem) => void
}

const MOST_SHOWN = 200

export function ProblemList({ problems, refusal, onOpen }: Props) {
  const errors = countOf(problems, 'error')
  const warnings = countOf(problems, 'warning')
  return (
    <section className={styles.problems} aria-label="Problems">
      <header className={styles.head}>
        <h2 className={styles.title}>Problems</h2>
        {errors > 0 && <span className={styles.errors}>{countText(errors, 'error')}</span>}
        {warnings > 0 && <span>{countText(warnings, 'warning')}</span>}
        {errors + warnings === 0 && <span>none</span>}
        {refusal && <span className={styles.refusal}>Not checked: {refusal}</span>}
      </header>
      {problems.length > 0 && (
        <ol className={styles.list}>
          {problems.slice(0, MOST_SHOWN).map((problem, index) => (
            <li key={index}>
              <button type="button" className={styles.problem} data-severity={problem.severity} onClick={() => onOpen(problem)}>
                {problem.severity === 'error' ? <StatusIcon tone="fail" label="Error" /> : <WarningIcon label="Warning" />}
                <span className={styles.text}>{problemText(problem)}</span>
                <span className={styles.place}>
                  {problem.line}:{problem.column}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {problems.length > MOST_SHOWN && <p className={styles.more}>and {problems.length - MOST_SHOWN} more below these</p>}
    </section>
  )
}
