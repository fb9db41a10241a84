import { Link } from '@tanstack/react-router'
import type { FlakyStep } from '../api/types'
import styles from './ResultStrip.module.css'

const WORDS: Record<string, string> = { passed: 'passed', recovered: 'passed after a retry', failed: 'failed' }

/** The last results of a step, oldest first; each opens its execution. */
export function ResultStrip({ strip }: { strip: FlakyStep['strip'] }) {
  const count = (result: string): number => strip.filter((one) => one.result === result).length
  return (
    <span className={styles.strip} role="group" aria-label={`Last ${strip.length}: ${count('passed')} passed, ${count('recovered')} after a retry, ${count('failed')} failed`}>
      {strip.map((one, index) => (
        <Link
          key={`${one.execution} ${index}`}
          to="/executions/$executionId"
          params={{ executionId: String(one.execution) }}
          preload={false}
          tabIndex={-1}
          className={styles.cell}
          title={`#${one.execution} ${WORDS[one.result] ?? one.result}`}
          aria-label={`#${one.execution} ${WORDS[one.result] ?? one.result}`}
        >
          <i className={styles[one.result]} />
        </Link>
      ))}
    </span>
  )
}
