import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import type { VariableEdit } from '../edits'
import styles from './VariableRows.module.css'

interface Props {
  rows: VariableEdit[]
  wrong: ReadonlyMap<string, string>
  isReadOnly: boolean
  onChange: (rows: VariableEdit[]) => void
}

export function VariableRows({ rows, wrong, isReadOnly, onChange }: Props) {
  const change = (key: string, part: Partial<VariableEdit>): void => onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <section className={styles.rows} aria-label="Variables">
      <h2 className={styles.title}>Variables</h2>
      <p className={styles.quiet}>They go before those of the flow and the environment. No place for secrets: these are kept in clear.</p>
      {rows.map((row) => (
        <div key={row.key} className={styles.row}>
          <input aria-label="Name of the variable" placeholder="NAME" value={row.name} readOnly={isReadOnly} onChange={(event) => change(row.key, { name: event.target.value })} />
          <input aria-label={`Value of ${row.name || 'the variable'}`} placeholder="text, or =JSON" value={row.text} readOnly={isReadOnly} onChange={(event) => change(row.key, { text: event.target.value })} />
          {!isReadOnly && (
            <button type="button" className={styles.remove} aria-label={`Remove ${row.name || 'the variable'}`} onClick={() => onChange(rows.filter((one) => one.key !== row.key))}>
              <Icon name="close" size={12} />
            </button>
          )}
          {wrong.has(row.key) && <p className={styles.problem}>{wrong.get(row.key)}</p>}
        </div>
      ))}
      {!isReadOnly && (
        <Button small onClick={() => onChange([...rows, { key: crypto.randomUUID(), name: '', text: '' }])}>
          Add a variable
        </Button>
      )}
    </section>
  )
}
