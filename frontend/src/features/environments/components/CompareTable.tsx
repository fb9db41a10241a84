import type { Compared, Side } from '../edits'
import styles from './CompareTable.module.css'

interface Props {
  rows: Compared[]
  one: string
  other: string
}

/** Two environments beside each other; what differs stands in amber. */
export function CompareTable({ rows, one, other }: Props) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">{one}</th>
            <th scope="col">{other}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} data-differs={row.differs}>
              <th scope="row">{row.name}</th>
              <Cell side={row.one} />
              <Cell side={row.other} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ side }: { side: Side }) {
  if (side.kind === 'value') return <td>{side.text}</td>
  return <td className={styles.quiet}>{side.kind === 'secret' ? 'secret, set' : 'not there'}</td>
}
