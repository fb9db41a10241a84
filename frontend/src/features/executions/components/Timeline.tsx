import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { busyAxis, wholeAxis } from '../axis'
import { type Line, linesOf } from '../folding'
import type { Folds } from '../hooks/useFolds'
import { useGrown } from '../hooks/useGrown'
import { rowOf, useRowKeys } from '../hooks/useRowKeys'
import { isTrouble, onlyTrouble, type Section, type Timeline as TimelineData } from '../timeline'
import { Lines, Ticks } from './TimelineAxis'
import { TimelineHead } from './TimelineHead'
import { TimelineLegend } from './TimelineLegend'
import { type Parting, TimelineRows } from './TimelineRows'
import styles from './Timeline.module.css'

interface Props {
  timeline: TimelineData
  openPath: string | undefined
  isRunning: boolean
  isFollowing: boolean
  /** Of how many runs that passed the usual is; 0 when nothing is usual yet. */
  usualRuns: number
  onOpen: (path: string) => void
  onScrollAway: () => void
  onFollow: () => void
  parting: Parting | undefined
  folds: Folds
}

export type Span = 'whole' | 'busy'

const AWAY_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End'])

function pathsOf({ lines, rows }: Section & { lines?: Line[] }): string[] {
  return lines ? lines.flatMap((line) => (line.kind === 'row' ? [line.row.path] : [])) : rows.map((row) => row.path)
}

export function Timeline({ timeline, openPath, isRunning, isFollowing, usualRuns, onOpen, onScrollAway, onFollow, parting, folds }: Props) {
  const [box, setBox] = useState<HTMLDivElement | null>(null)
  const [span, setSpan] = useState<Span>('whole')
  const [failedOnly, setFailedOnly] = useState(false)
  const axis = useMemo(() => (span === 'busy' ? busyAxis(timeline.sections, timeline.totalMs) : wholeAxis(timeline.totalMs)), [timeline, span])
  const hasTrouble = timeline.sections.some((section) => section.rows.some(isTrouble))
  const sections = failedOnly && hasTrouble ? onlyTrouble(timeline.sections) : timeline.sections.map((section) => ({ ...section, lines: linesOf(section.rows, folds, openPath) }))
  useEffect(() => {
    // Where the steps have no box of their own to scroll in, the page stays where it is.
    if (!openPath || !box || box.scrollHeight <= box.clientHeight) return
    box.querySelector(rowOf(openPath))?.scrollIntoView({ block: 'nearest' })
  }, [box, openPath])
  const { grown, grow } = useGrown(timeline.sections.flatMap((section) => section.rows), isRunning)
  const grows = useRef(grow)
  useEffect(() => {
    grows.current = grow
  })
  // Stable, so that rows are not drawn anew for it.
  const openRow = useCallback(
    (path: string) => {
      grows.current(path)
      onOpen(path)
    },
    [onOpen],
  )
  const paths = sections.flatMap(pathsOf)
  const onRowKey = useRowKeys(box, paths, openPath, openRow)
  return (
    <section className={styles.timeline} aria-label="Steps">
      <TimelineHead sections={timeline.sections} span={span} onSpan={setSpan} failedOnly={failedOnly && hasTrouble} hasTrouble={hasTrouble} onFailedOnly={setFailedOnly} />
      {/* A wheel, a touch or a key is a person's; scrolling by itself comes from following. */}
      <div
        ref={setBox}
        className={styles.body}
        onWheel={onScrollAway}
        onTouchMove={onScrollAway}
        onKeyDown={(event) => {
          if (AWAY_KEYS.has(event.key)) onScrollAway()
          onRowKey(event)
        }}
      >
        <div className={styles.head} aria-hidden="true">
          <span className={styles.headStep}>Step</span>
          <Ticks axis={axis} />
          <span className={styles.headDuration}>Duration</span>
        </div>
        <div className={styles.content}>
          <Lines axis={axis} nowMs={isRunning ? timeline.nowMs : null} />
          <TimelineRows box={box} sections={sections} axis={axis} openPath={openPath} onOpen={openRow} grown={grown} parting={parting} onToggle={folds.toggle} onMore={folds.more} />
        </div>
        <TimelineLegend sections={timeline.sections} usualRuns={usualRuns} />
      </div>
      {isRunning && (
        <footer className={styles.foot}>
          {isFollowing ? (
            <span>Following the live edge</span>
          ) : (
            <button type="button" className={styles.follow} onClick={onFollow}>
              Follow the live edge
            </button>
          )}
          <span>Leaving this page does not stop the run</span>
        </footer>
      )}
    </section>
  )
}
