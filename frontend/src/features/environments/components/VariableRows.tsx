import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { type Kind, KINDS, type VariableEdit } from '../edits'
import styles from './Rows.module.css'

interface Props {
  rows: VariableEdit[]
  wrong: ReadonlyMap<string, string>
  isReadOnly: boolean
  onChange: (rows: VariableEdit[]) => void
}

export function VariableRows({ rows, wrong, isReadOnly, onChange }: Props) {
  const change = (key: string, part: Partial<VariableEdit>): void => onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <section className={styles.part} aria-label="Variables">
      <h2 className={styles.title}>Variables</h2>
      {rows.length === 0 && <p className={styles.none}>No variables. What differs between environments, such as addresses, goes here.</p>}
      {rows.map((row) => (
        <div key={row.key} className={styles.variable}>
          <input aria-label="Name" className={styles.name} value={row.name} readOnly={isReadOnly} placeholder="NAME" onChange={(event) => change(row.key, { name: event.target.value })} />
          <select aria-label={`Kind of ${row.name}`} className={styles.kind} value={row.kind} disabled={isReadOnly} onChange={(event) => change(row.key, { kind: event.target.value as Kind })}>
            {Object.entries(KINDS).map(([kind, label]) => (
              <option key={kind} value={kind}>
                {label}
              </option>
            ))}
          </select>
          <input aria-label={`Value of ${row.name}`} className={styles.value} value={row.text} readOnly={isReadOnly} aria-invalid={wrong.has(row.key)} onChange={(event) => change(row.key, { text: event.target.value })} />
          {!isReadOnly && (
            <button type="button" className={styles.remove} aria-label={`Delete ${row.name}`} onClick={() => onChange(rows.filter((one) => one.key !== row.key))}>
              <Icon name="close" size={12} />
            </button>
          )}
          {wrong.has(row.key) && <p className={styles.problem}>{wrong.get(row.key)}</p>}
        </div>
      ))}
      {!isReadOnly && (
        <Button small onClick={() => onChange([...rows, { key: crypto.randomUUID(), name: '', kind: 'text', text: '' }])}>
          <Icon name="plus" size={12} />
          Add a variable
        </Button>
      )}
    </section>
  )
}
