import styles from './KeyValues.module.css'
import { Masked } from './Masked'

/** Names and values, one a line; values are never cut. */
export function KeyValues({ rows }: { rows: [name: string, value: string][] }) {
  if (rows.length === 0) return null
  return (
    <dl className={styles.list}>
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
