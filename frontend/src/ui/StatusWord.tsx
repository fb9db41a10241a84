import { StatusIcon, type Tone } from './StatusIcon'
import styles from './StatusWord.module.css'

/** Shape, colour and word. */
export function StatusWord({ tone, label, pill = false }: { tone: Tone; label: string; pill?: boolean }) {
  return (
    <span className={`${styles.word ?? ''} ${styles[tone] ?? ''} ${pill ? (styles.pill ?? '') : ''}`}>
      <StatusIcon tone={tone} />
      {label}
    </span>
  )
}
