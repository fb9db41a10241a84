import { diffLines } from 'diff'
import { useMemo } from 'react'
import styles from './TextDiff.module.css'

interface Line {
  kind: 'same' | 'old' | 'new' | 'fold'
  text: string
}

const AROUND = 3
const SIGNS = { same: ' ', old: '−', new: '+', fold: '' }

/** Two texts, line by line: what went is struck in grey, what came stands in amber; long stretches of the same are folded. */
export function TextDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => linesOf(before, after), [before, after])
  return (
    <div className={styles.diff} role="group" aria-label={label} tabIndex={0}>
      {lines.map((line, index) =>
        line.kind === 'fold' ? (
          <div key={index} className={styles.fold}>
            {line.text}
          </div>
        ) : (
          <div key={index} className={`${styles.line ?? ''} ${styles[line.kind] ?? ''}`}>
            <span className={styles.sign}>{SIGNS[line.kind]}</span>
            <span>{line.text}</span>
          </div>
        ),
      )}
    </div>
  )
}

function linesOf(before: string, after: string): Line[] {
  const parts = diffLines(before, after)
  return parts.flatMap((part, index): Line[] => {
    const texts = part.value.replace(/\n$/, '').split('\n')
    const kind = part.added ? 'new' : part.removed ? 'old' : 'same'
    const lines = texts.map((text): Line => ({ kind, text }))
    return kind === 'same' ? folded(lines, index === 0, index === parts.length - 1) : lines
  })
}

function folded(lines: Line[], isFirst: boolean, isLast: boolean): Line[] {
  const head = isFirst ? 0 : AROUND
  const tail = isLast ? 0 : AROUND
  const hidden = lines.length - head - tail
  if (hidden < 2) return lines
  const fold: Line = { kind: 'fold', text: `${hidden.toLocaleString('en-GB')} lines are the same` }
  return [...lines.slice(0, head), fold, ...lines.slice(lines.length - tail)]
}
