import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import { durationText } from '@/lib/time'
import type { Axis } from '../axis'
import type { Line } from '../folding'
import { type Section, sectionWords } from '../timeline'
import { DivergenceLine } from './DivergenceLine'
import { MoreTurns } from './MoreTurns'
import { TimelineRow } from './TimelineRow'
import styles from './Timeline.module.css'

/** The first step that came to something else than in the run `partner`, which passed. */
export interface Parting {
  path: string
  partner: number
  sentence: string
}

interface Props {
  box: HTMLElement | null
  /** Of each section the lines to draw, where some are folded away. */
  sections: (Section & { lines?: Line[] })[]
  axis: Axis
  openPath: string | undefined
  onOpen: (path: string) => void
  /** Rows that have room to say something; undefined where all have. */
  grown: ReadonlySet<string> | undefined
  parting: Parting | undefined
  /** Open or close a loop; show more of an open one. */
  onToggle: (path: string) => void
  onMore: (path: string) => void
}

type Item = { kind: 'section'; section: Section } | Line | { kind: 'parting'; parting: Parting }

/** Beyond these only the rows in sight are drawn; below, the browser's own find-in-page meets all of them. */
const DRAWN_AT_ONCE = 120
const SECTION_NAMES = { setup: 'Setup', steps: 'Steps', teardown: 'Teardown' }
/** Of the head above the rows, which scrolls with them as far as the edge. */
const HEAD = 24
const HEIGHTS = { section: 26, row: 30, parting: 22, more: 30 }

export function TimelineRows(props: Props) {
  const items = useMemo(() => itemsOf(props.sections, props.parting), [props.sections, props.parting])
  return items.length > DRAWN_AT_ONCE ? <InSight {...props} items={items} /> : <All {...props} items={items} />
}

function itemsOf(sections: Props['sections'], parting: Parting | undefined): Item[] {
  return sections.flatMap((section): Item[] => [
    { kind: 'section', section },
    ...(section.lines ?? section.rows.map((row): Line => ({ kind: 'row', row, fold: 'none' }))).flatMap((line): Item[] =>
      parting && line.kind === 'row' && line.row.path === parting.path ? [{ kind: 'parting', parting }, line] : [line],
    ),
  ])
}

function All({ items, axis, openPath, onOpen, grown, onToggle, onMore }: Props & { items: Item[] }) {
  return (
    <ol className={styles.rows}>
      {items.map((item) => (
        <li key={keyOf(item)} className={styles.item}>
          <One item={item} axis={axis} openPath={openPath} onOpen={onOpen} grown={grown} onToggle={onToggle} onMore={onMore} />
        </li>
      ))}
    </ol>
  )
}

function InSight({ box, items, axis, openPath, onOpen, grown, onToggle, onMore }: Props & { items: Item[] }) {
  // The virtualizer keeps its own state; what it returns must not be remembered by a compiler.
  // eslint-disable-next-line react-hooks/incompatible-library -- it is used in this component only
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box,
    estimateSize: (index) => HEIGHTS[items[index]?.kind ?? 'row'],
    getItemKey: (index) => keyOf(items[index]),
    overscan: 20,
    scrollPaddingEnd: HEAD,
  })
  const hasScrolled = useRef(false)
  const at = items.findIndex((item) => item.kind === 'row' && item.row.path === openPath)
  useEffect(() => {
    if (!box || at < 0) return
    virtual.scrollToIndex(at, { align: hasScrolled.current ? 'auto' : 'center' })
    hasScrolled.current = true
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only another step is scrolled to, not the same one drawn anew
  }, [box, openPath, at >= 0])
  return (
    <ol className={styles.rows} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((place) => {
        const item = items[place.index]
        return (
          item && (
            <li key={place.key} ref={virtual.measureElement} data-index={place.index} className={styles.placed} style={{ transform: `translateY(${place.start}px)` }}>
              <One item={item} axis={axis} openPath={openPath} onOpen={onOpen} grown={grown} onToggle={onToggle} onMore={onMore} />
            </li>
          )
        )
      })}
    </ol>
  )
}

function One({ item, axis, openPath, onOpen, grown, onToggle, onMore }: { item: Item } & Pick<Props, 'axis' | 'openPath' | 'onOpen' | 'grown' | 'onToggle' | 'onMore'>) {
  if (item.kind === 'row') return <TimelineRow row={item.row} axis={axis} isOpen={item.row.path === openPath} onOpen={onOpen} isGrown={grown === undefined || grown.has(item.row.path)} isWatched={grown !== undefined} fold={item.fold} onToggle={onToggle} />
  if (item.kind === 'more') return <MoreTurns line={item} onMore={onMore} />
  if (item.kind === 'parting') return <DivergenceLine partner={item.parting.partner} sentence={item.parting.sentence} isThin={grown !== undefined} />
  const { section } = item
  return (
    <h2 className={styles.group}>
      <span>
        <b>{SECTION_NAMES[section.name]}</b> {sectionWords(section)}
      </span>
      <span>{section.durationMs === null ? '' : durationText(section.durationMs)}</span>
    </h2>
  )
}

function keyOf(item: Item | undefined): string {
  if (!item) return ''
  if (item.kind === 'parting') return 'parting'
  if (item.kind === 'more') return `more ${item.path}`
  return item.kind === 'row' ? item.row.path : item.section.name
}
