import { Link } from '@tanstack/react-router'
import type { Execution } from '../api/types'
import styles from './ExecutionFacts.module.css'

/** The step of another execution that runs this one, one click away. */
export function CalledBy({ by }: { by: NonNullable<Execution['called_by']> }) {
  return (
    <Link to="/executions/$executionId" params={{ executionId: String(by.execution) }} search={{ step: by.step }} className={styles.link}>
      #{by.execution} {by.step}
    </Link>
  )
}
