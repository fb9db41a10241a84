import type { StatusChip } from '../coverage'
import styles from './ServicePanel.module.css'

const WORDS = { seen: 'seen', missing: 'declared, never seen', undocumented: 'seen, not declared' }

export function StatusChips({ chips }: { chips: readonly StatusChip[] }) {
  return (
    <span className={styles.chips}>
      {chips.map((one) => (
        <span key={`${one.kind} ${one.text}`} className={styles.chip} data-kind={one.kind} title={WORDS[one.kind]}>
          {one.text}
          {one.kind !== 'seen' && <span className="spoken">, {WORDS[one.kind]}</span>}
        </span>
      ))}
    </span>
  )
}
