import { useCallback, useState } from 'react'
import { KeyValues } from '@/ui/KeyValues'
import { RowGrid } from '@/ui/RowGrid'
import { field, textOf } from './shape'
import styles from './viewers.module.css'

interface Props {
  columns: string[]
  rows: unknown[]
  label: string
  isShort: boolean
}

/** A grid of rows; NULL is told from the text "null". A click shows a row in full, one column a line. */
export function Rows({ columns, rows, label, isShort }: Props) {
  const [open, setOpen] = useState<number | undefined>()
  const valueAt = useCallback(
    (row: number, column: number): unknown => {
      const one = rows[row]
      return Array.isArray(one) ? (one as unknown[])[column] : field(one, columns[column] ?? '')
    },
    [rows, columns],
  )
  return (
    <>
      <RowGrid label={label} columns={columns} count={rows.length} valueAt={valueAt} textOf={textOf} open={open} onOpen={(row) => setOpen(row === open ? undefined : row)} isShort={isShort} />
      {open !== undefined && open < rows.length && (
        <div className={styles.part}>
          <p className={styles.partName}>Row {(open + 1).toLocaleString('en-GB')}</p>
          <KeyValues rows={columns.map((name, column) => [name, nullText(valueAt(open, column))])} />
        </div>
      )}
    </>
  )
}

function nullText(value: unknown): string {
  return value === null ? 'NULL' : textOf(value)
}
