import { useState } from 'react'
import { ExactNumber } from '@/lib/exactJson'
import { Button } from '@/ui/Button'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import { field, textOf } from './shape'
import styles from './viewers.module.css'

const AT_ONCE = 100

interface Props {
  columns: string[]
  rows: unknown[]
  label: string
}

/** A grid of rows; NULL is told from the text "null". */
export function Rows({ columns, rows, label }: Props) {
  const [count, setCount] = useState(AT_ONCE)
  return (
    <>
      <div className={`${grid.scroll ?? ''} ${styles.rows ?? ''}`} role="group" aria-label={label} tabIndex={0}>
        <table className={grid.grid}>
          <thead>
            <tr>
              {columns.map((name, index) => (
                <th key={index}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, count).map((row, index) => (
              <tr key={index}>
                {columns.map((name, column) => (
                  <Value key={column} value={Array.isArray(row) ? (row as unknown[])[column] : field(row, name)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > count && (
        <p className={styles.more}>
          Showing {count} of {rows.length.toLocaleString('en-GB')}
          <Button small onClick={() => setCount(count + 400)}>
            Next 400
          </Button>
        </p>
      )}
    </>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <td className={grid.null}>{value === null ? 'NULL' : ''}</td>
  const isNumber = typeof value === 'number' || value instanceof ExactNumber
  return (
    <td className={isNumber ? grid.number : ''}>
      <Masked text={textOf(value)} />
    </td>
  )
}
