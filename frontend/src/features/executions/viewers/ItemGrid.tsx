import { useMemo } from 'react'
import { countText } from '@/lib/time'
import { Icon } from '@/ui/Icon'
import { RowGrid } from '@/ui/RowGrid'
import styles from './BodyTools.module.css'
import { field, textOf } from './shape'
import { type Items, useFiltered } from './useItems'
import { WholeState } from './WholeBody'

interface Props {
  label: string
  items: Items
  columns: string[]
  /** The item that is shown in full below, by its number in the whole list. */
  open: number | undefined
  onOpen: (item: number) => void
  isShort: boolean
}

/** Below these nobody needs a filter. */
const WORTH_A_FILTER = 10

/** Items, one a row, with a filter through all that are here. */
export function ItemGrid({ label, items, columns, open, onOpen, isShort }: Props) {
  const { source, beginning } = items
  const { words, look, hits, isLooking, count, indexAt, bring } = useFiltered(source)
  const sample = useMemo(() => ({ count: beginning.length, valueAt: (row: number, column: number) => cellOf(beginning[row], columns, column) }), [beginning, columns])
  const openRow = rowOf(open, hits)
  return (
    <>
      {items.isAsked && <WholeState whole={items.whole} />}
      {!isShort && source.count > WORTH_A_FILTER && (
        <div className={styles.tools}>
          <label className={styles.field}>
            <Icon name="search" size={12} />
            <input value={words} aria-label={`Filter: ${label}`} placeholder="Filter" spellCheck={false} onChange={(event) => look(event.target.value)} />
          </label>
          {words && (
            <span className={styles.hits} role="status">
              {hits === null || isLooking ? 'looking' : `${hits.length.toLocaleString('en-GB')} of ${countText(source.count, 'row')}${source.count < items.total ? ' that are here' : ''}`}
            </span>
          )}
        </div>
      )}
      <RowGrid
        label={label}
        columns={columns}
        count={count}
        valueAt={(row, column) => cellOf(source.at(indexAt(row)), columns, column)}
        textOf={textOf}
        sample={sample}
        open={openRow}
        onOpen={(row) => onOpen(indexAt(row))}
        onSight={bring}
        isShort={isShort}
      />
    </>
  )
}

function cellOf(item: unknown, columns: readonly string[], column: number): unknown {
  return Array.isArray(item) ? (item as unknown[])[column] : field(item, columns[column] ?? '')
}

function rowOf(open: number | undefined, hits: ArrayLike<number> | null): number | undefined {
  if (open === undefined || hits === null) return open
  const row = Array.prototype.indexOf.call(hits, open)
  return row < 0 ? undefined : row
}
