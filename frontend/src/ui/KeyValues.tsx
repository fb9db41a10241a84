import styles from './KeyValues.module.css'
import { Masked } from './Masked'

/** So many characters of a name and its value that two of them stand beside each other, in half a panel too. */
const SHORT = 24

function areShort(rows: [name: string, value: string][]): boolean {
  return rows.length > 3 && rows.every(([name, value]) => name.length + value.length <= SHORT)
}

/** Names and values, one a line; values are never cut. */
export function KeyValues({ rows }: { rows: [name: string, value: string][] }) {
  if (rows.length === 0) return null
  return (
    <dl className={`${styles.list ?? ''} ${areShort(rows) ? (styles.columns ?? '') : ''}`}>
      {rows.map(([name, value], index) => (
        <div key={`${name}-${index}`} className={styles.row}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>
            <Masked text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
