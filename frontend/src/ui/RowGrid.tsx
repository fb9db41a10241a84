import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useState } from 'react'
import { ExactNumber } from '@/lib/exactJson'
import { Masked } from './Masked'
import styles from './RowGrid.module.css'

export interface GridProps {
  label: string
  columns: readonly string[]
  count: number
  /** undefined: the row has no such column. */
  valueAt: (row: number, column: number) => unknown
  textOf: (value: unknown) => string
  /** The row that is shown in full elsewhere, and how to choose another one. */
  open?: number | undefined
  onOpen?: (row: number) => void
  /** Rows that are like all, for the widths of the columns; without them the first ones are. */
  sample?: { count: number; valueAt: (row: number, column: number) => unknown }
  /** Which rows are drawn: from, and up to before. */
  onSight?: ((from: number, to: number) => void) | undefined
  isShort?: boolean
}

const ROW_HEIGHT = 26
const DRAWN_AT_ONCE = 60
const MEASURED = 60
const LONGEST_CELL = 300

/** Rows of one line each, of which only those in sight are drawn; columns are as wide as their first rows need. */
export function RowGrid(props: GridProps) {
  const { label, columns, count, textOf, isShort } = props
  const { count: sampled, valueAt: sampleAt } = props.sample ?? props
  // Held as a state: what is drawn inside must be drawn again once there is a box to look at.
  const [box, setBox] = useState<HTMLDivElement | null>(null)
  const template = useMemo(() => widths(columns, Math.min(sampled, MEASURED), (row, column) => textOf(sampleAt(row, column))), [columns, sampled, sampleAt, textOf])
  const style = { gridTemplateColumns: template }
  return (
    <div ref={setBox} className={`${styles.box ?? ''} ${isShort ? (styles.few ?? '') : ''}`} tabIndex={0} role="group" aria-label={label}>
      <div className={styles.table} role="table" aria-label={label} aria-rowcount={count + 1}>
        <div className={styles.head} role="row" style={style}>
          {columns.map((name, column) => (
            <span key={column} role="columnheader" className={`${styles.cell ?? ''} ${sampled > 0 && isNumber(sampleAt(0, column)) ? (styles.number ?? '') : ''}`}>
              {name}
            </span>
          ))}
        </div>
        {count <= DRAWN_AT_ONCE ? (
          <All {...props} template={template} />
        ) : (
          <InSight {...props} box={box} template={template} />
        )}
      </div>
    </div>
  )
}

function All({ template, ...props }: GridProps & { template: string }) {
  const { count, onSight } = props
  useEffect(() => onSight?.(0, count), [count, onSight])
  return Array.from({ length: count }, (_, row) => <GridRow key={row} {...props} row={row} template={template} />)
}

function InSight({ box, template, ...props }: GridProps & { box: HTMLElement | null; template: string }) {
  // The virtualizer keeps its own state; what it returns must not be remembered by a compiler.
  // eslint-disable-next-line react-hooks/incompatible-library -- it is used in this component only
  const rows = useVirtualizer({ count: props.count, getScrollElement: () => box, estimateSize: () => ROW_HEIGHT, overscan: 15 })
  const items = rows.getVirtualItems()
  const [from, to] = [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1]
  const { onSight } = props
  useEffect(() => onSight?.(from, to), [from, to, onSight])
  return (
    <div className={styles.body} role="rowgroup" style={{ height: rows.getTotalSize() }}>
      {items.map((item) => (
        <div key={item.key} role="presentation" className={styles.placed} style={{ top: item.start }}>
          <GridRow {...props} row={item.index} template={template} />
        </div>
      ))}
    </div>
  )
}

function GridRow({ row, template, columns, valueAt, textOf, open, onOpen }: GridProps & { row: number; template: string }) {
  const choose = onOpen && ((): void => onOpen(row))
  return (
    <div
      className={`${styles.row ?? ''} ${choose ? (styles.openable ?? '') : ''}`}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={choose ? open === row : undefined}
      style={{ gridTemplateColumns: template }}
      tabIndex={choose ? 0 : undefined}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key === 'Enter') choose?.()
      }}
    >
      {columns.map((_, column) => (
        <Cell key={column} value={valueAt(row, column)} textOf={textOf} />
      ))}
    </div>
  )
}

function Cell({ value, textOf }: { value: unknown; textOf: GridProps['textOf'] }) {
  if (value === null || value === undefined) {
    return (
      <span role="cell" className={`${styles.cell ?? ''} ${styles.null ?? ''}`}>
        {value === null ? 'NULL' : ''}
      </span>
    )
  }
  const text = textOf(value)
  return (
    <span role="cell" className={`${styles.cell ?? ''} ${isNumber(value) ? (styles.number ?? '') : ''}`} title={text.slice(0, LONGEST_CELL)}>
      <Masked text={text.slice(0, LONGEST_CELL)} />
    </span>
  )
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value instanceof ExactNumber
}

/** Rows further down may be a little longer than the first ones: numbers that count up. */
const SPARE = 2
const [NARROWEST, WIDEST] = [5, 42]

function widths(columns: readonly string[], rows: number, textAt: (row: number, column: number) => string): string {
  const tracks = columns
    .map((name, column) => {
      let longest = name.length
      for (let row = 0; row < rows; row += 1) longest = Math.max(longest, Math.min(textAt(row, column).length, WIDEST))
      return `calc(${Math.max(longest + SPARE, NARROWEST)} * 7.25px + 20px)`
    })
  return [...tracks, '1fr'].join(' ')
}
