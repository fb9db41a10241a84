import { useMemo, useState } from 'react'
import { KeyValues } from '@/ui/KeyValues'
import { ItemGrid } from './ItemGrid'
import { field, fieldsOf, listOf, textOf } from './shape'
import { useItems } from './useItems'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'

/** A grid of rows; NULL is told from the text "null". A click shows a row in full, one column a line. */
export function Rows({ label, pointer, rows, columns: named, ...side }: SideProps & { label: string; pointer: string; rows: unknown[]; columns: unknown[] }) {
  const [open, setOpen] = useState<number | undefined>()
  const items = useItems(side, pointer, rows)
  const columns = useMemo(() => (named.length > 0 ? named.map(textOf) : Object.keys(fieldsOf(rows[0]) ?? {})), [named, rows])
  const chosen = open === undefined ? undefined : items.source.at(open)
  return (
    <>
      <ItemGrid label={label} items={items} columns={columns} open={open} onOpen={(row) => setOpen(row === open ? undefined : row)} isShort={side.isShort} />
      {open !== undefined && chosen !== undefined && (
        <div className={styles.part}>
          <p className={styles.partName}>Row {(open + 1).toLocaleString('en-GB')}</p>
          <KeyValues rows={columns.map((name, column) => [name, nullText(Array.isArray(chosen) ? listOf(chosen)[column] : field(chosen, name))])} />
        </div>
      )}
    </>
  )
}

function nullText(value: unknown): string {
  return value === null ? 'NULL' : textOf(value)
}
