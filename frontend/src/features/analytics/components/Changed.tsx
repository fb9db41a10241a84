import type { Change } from '../numbers'
import styles from './Changed.module.css'

const ARROWS = { up: '▲', down: '▼', same: '' }

/** How a number differs from the one before. */
export function Changed({ change, none }: { change: Change | null; none: string }) {
  if (!change) return <span className={styles.quiet}>{none}</span>
  return (
    <span className={styles[change.tone]}>
      {ARROWS[change.direction]} {change.text}
    </span>
  )
}
