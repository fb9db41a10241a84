import { Modal } from '@mantine/core'
import { useState } from 'react'
import { jsonText, parseExact } from '@/lib/exactJson'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import type { RerunIn } from '../api/types'
import styles from './OtherVariables.module.css'

interface Props {
  overrides: Record<string, unknown>
  onRerun: (order: Partial<RerunIn>) => void
  onClose: () => void
}

interface Line {
  name: string
  value: string
  kind: 'text' | 'json'
}

const MASK = '‹secret'

/** The overrides of the run to change, and more of them. What was masked stays as it is unless it is named anew. */
export default function OtherVariables({ overrides, onRerun, onClose }: Props) {
  const [lines, setLines] = useState(() => [...linesOf(overrides), { name: '', value: '', kind: 'text' } satisfies Line])
  const [problem, setProblem] = useState('')
  const change = (at: number, part: Partial<Line>): void => setLines(lines.map((line, index) => (index === at ? { ...line, ...part } : line)))
  const start = (): void => {
    const read = variablesOf(lines)
    if (typeof read === 'string') {
      setProblem(read)
      return
    }
    onRerun({ variables: read })
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title="Re-run with other variables" size="lg">
      <p className={styles.note}>They lie over the overrides of this run. The environment and the flow are today&apos;s.</p>
      <div className={styles.rows}>
        {lines.map((line, index) => (
          <div key={index} className={styles.row}>
            <input className={styles.field} aria-label="Name" placeholder="NAME" value={line.name} spellCheck={false} onChange={(event) => change(index, { name: event.target.value })} />
            <input className={styles.field} aria-label="Value" placeholder="value" value={line.value} spellCheck={false} onChange={(event) => change(index, { value: event.target.value })} />
            <select className={styles.field} aria-label="Kind of value" value={line.kind} onChange={(event) => change(index, { kind: event.target.value as Line['kind'] })}>
              <option value="text">text</option>
              <option value="json">JSON</option>
            </select>
            <button type="button" aria-label={`Remove ${line.name || 'this line'}`} onClick={() => setLines(lines.toSpliced(index, 1))}>
              <Icon name="close" size={12} />
            </button>
          </div>
        ))}
      </div>
      <Button small className={styles.add ?? ''} onClick={() => setLines([...lines, { name: '', value: '', kind: 'text' }])}>
        Add a variable
      </Button>
      {problem && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      <div className={styles.foot}>
        <Button onClick={onClose}>Keep this run only</Button>
        <Button look="primary" onClick={start}>
          Re-run
        </Button>
      </div>
    </Modal>
  )
}

function linesOf(overrides: Record<string, unknown>): Line[] {
  return Object.entries(overrides).flatMap(([name, value]): Line[] => {
    if (jsonText(value).includes(MASK)) return []
    return [typeof value === 'string' ? { name, value, kind: 'text' } : { name, value: jsonText(value), kind: 'json' }]
  })
}

/** What the lines say, or what is wrong with one of them. */
function variablesOf(lines: Line[]): Record<string, unknown> | string {
  const named = lines.filter((line) => line.name.trim() !== '')
  const entries: [string, unknown][] = []
  for (const { name, value, kind } of named) {
    try {
      entries.push([name.trim(), kind === 'json' ? parseExact(value) : value])
    } catch {
      return `${name.trim()} is no JSON: ${value || 'it is empty'}. Choose text, or write it as JSON.`
    }
  }
  return Object.fromEntries(entries)
}
