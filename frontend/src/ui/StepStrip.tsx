import type { Tone } from './StatusIcon'
import styles from './StepStrip.module.css'

export interface Cell {
  tone: Tone
  recovered?: boolean
}

const WIDEST = 14

/** One cell per step; height carries the status too. Long runs are gathered: the worst of each stretch stands for it. */
export function StepStrip({ cells, label }: { cells: Cell[]; label: string }) {
  const shown = cells.length > WIDEST ? gathered(cells, WIDEST) : cells
  return (
    <span className={styles.strip} role="img" aria-label={label}>
      {shown.map((cell, index) => (
        <i key={index} className={`${styles.cell ?? ''} ${styles[cell.tone] ?? ''} ${cell.recovered ? (styles.cap ?? '') : ''}`} />
      ))}
    </span>
  )
}

const WORST_FIRST: Tone[] = ['fail', 'tout', 'retry', 'run', 'cancel', 'pass', 'skip', 'wait']

function gathered(cells: Cell[], count: number): Cell[] {
  return Array.from({ length: count }, (_, index) => {
    const stretch = cells.slice(
      Math.floor((index * cells.length) / count),
      Math.max(Math.floor(((index + 1) * cells.length) / count), Math.floor((index * cells.length) / count) + 1),
    )
    const tone = WORST_FIRST.find((one) => stretch.some((cell) => cell.tone === one)) ?? 'wait'
    return { tone, recovered: stretch.some((cell) => cell.recovered) }
  })
}
