import { momentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import type { Environment } from '../api/types'
import type { SecretEdit } from '../edits'
import styles from './Rows.module.css'

interface Props {
  environment: Environment | undefined
  rows: SecretEdit[]
  wrong: ReadonlyMap<string, string>
  isReadOnly: boolean
  onChange: (rows: SecretEdit[]) => void
}

/** Secrets go in here and never come out. */
export function SecretRows({ environment, rows, wrong, isReadOnly, onChange }: Props) {
  const change = (key: string, part: Partial<SecretEdit>): void => onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  const known = new Map(environment?.secrets.map((secret) => [secret.name, secret]))
  return (
    <section className={styles.part} aria-label="Secrets">
      <h2 className={styles.title}>Secrets</h2>
      <p className={styles.none}>Kept encrypted and never shown again. Records show ‹secret:NAME› in their place.</p>
      {rows.map((row) => {
        const secret = known.get(row.name)
        return (
          <div key={row.key} className={styles.secret} data-deleted={row.isDeleted}>
            {row.isSet ? <span className={styles.fixed}>{row.name}</span> : <input aria-label="Name of the secret" className={styles.name} value={row.name} placeholder="NAME" onChange={(event) => change(row.key, { name: event.target.value })} />}
            {isReadOnly || row.isDeleted ? (
              <span className={styles.quiet}>{row.isDeleted ? 'is deleted with the next save' : 'set'}</span>
            ) : (
              <input
                type="password"
                autoComplete="new-password"
                aria-label={`New value of ${row.name || 'the secret'}`}
                className={styles.value}
                placeholder={row.isSet ? 'set; type to replace' : 'value, 6 characters or more'}
                value={row.value}
                onChange={(event) => change(row.key, { value: event.target.value })}
              />
            )}
            <span className={styles.quiet}>{row.isSet && secret ? `value ${secret.version}, ${momentText(secret.updated_at)}` : ''}</span>
            {!isReadOnly && (
              <Button
                small
                look={row.isDeleted ? 'plain' : 'danger'}
                aria-label={row.isDeleted ? `Keep ${row.name}` : `Delete ${row.name || 'the new secret'}`}
                onClick={() => (row.isSet ? change(row.key, { isDeleted: !row.isDeleted, value: '' }) : onChange(rows.filter((one) => one.key !== row.key)))}
              >
                {row.isDeleted ? 'Keep' : 'Delete'}
              </Button>
            )}
            {wrong.has(row.key) && <p className={styles.problem}>{wrong.get(row.key)}</p>}
          </div>
        )
      })}
      {!isReadOnly && (
        <Button small onClick={() => onChange([...rows, { key: crypto.randomUUID(), name: '', isSet: false, value: '', isDeleted: false }])}>
          <Icon name="plus" size={12} />
          Add a secret
        </Button>
      )}
    </section>
  )
}
