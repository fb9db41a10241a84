import { Fragment, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { durationText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import { STEP_STATE, type StepState } from '../status'
import { type Row, sectionWords, type Timeline as TimelineData, visibleRows } from '../timeline'
import { DivergenceLine } from './DivergenceLine'
import { TimelineRow } from './TimelineRow'
import styles from './Timeline.module.css'

interface Props {
  timeline: TimelineData
  openPath: string | undefined
  isRunning: boolean
  isFollowing: boolean
  onOpen: (path: string) => void
  onScrollAway: () => void
  onFollow: () => void
  /** The first step that came to something else than in the run `partner`, which passed. */
  parting?: { path: string; partner: number; sentence: string } | undefined
}

const SECTION_NAMES = { setup: 'Setup', steps: 'Steps', teardown: 'Teardown' }

export function Timeline({ timeline, openPath, isRunning, isFollowing, onOpen, onScrollAway, onFollow, parting }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const onToggle = useCallback((path: string) => setOpened((before) => toggled(before, path)), [])
  const rows = useMemo(() => timeline.sections.flatMap((section) => section.rows), [timeline])
  useEffect(() => {
    if (!openPath) return
    box.current?.querySelector(`[data-step="${CSS.escape(openPath)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [openPath])
  return (
    <section className={styles.timeline} aria-label="Steps">
      <Counts rows={rows} />
      <div className={styles.head} aria-hidden="true">
        <span className={styles.headStep}>Step</span>
        <Ticks timeline={timeline} />
        <span className={styles.headDuration}>Duration</span>
      </div>
      {/* A wheel or a touch is a person's; scrolling by itself comes from following. */}
      <div ref={box} className={styles.body} onWheel={onScrollAway} onTouchMove={onScrollAway}>
        {timeline.sections.map((section) => (
          <div key={section.name}>
            <h2 className={styles.group}>
              <span>
                <b>{SECTION_NAMES[section.name]}</b> {sectionWords(section)}
              </span>
              <span>{section.durationMs === null ? '' : durationText(section.durationMs)}</span>
            </h2>
            <ol className={styles.rows}>
              <Lines timeline={timeline} isRunning={isRunning} />
              {visibleRows(section.rows, opened, openPath).map((row) => (
                <Fragment key={row.path}>
                  {row.path === parting?.path && <DivergenceLine partner={parting.partner} sentence={parting.sentence} />}
                  <TimelineRow
                    row={row}
                    totalMs={timeline.totalMs}
                    isOpen={row.path === openPath}
                    onOpen={onOpen}
                    isExpanded={opened.has(row.path)}
                    onToggle={onToggle}
                  />
                </Fragment>
              ))}
            </ol>
          </div>
        ))}
        <p className={styles.legend}>
          <span>
            <i className={styles.queueSample} /> queue wait
          </span>
          <span>
            <i className={styles.waitSample} /> wait between attempts
          </span>
        </p>
      </div>
      {isRunning && (
        <footer className={styles.foot}>
          {isFollowing ? <span>Following the live edge</span> : <button type="button" className={styles.follow} onClick={onFollow}>Follow the live edge</button>}
          <span>Leaving this page does not stop the run</span>
        </footer>
      )}
    </section>
  )
}

function toggled(before: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const after = new Set(before)
  if (!after.delete(path)) after.add(path)
  return after
}

const COUNTED: StepState[] = ['passed', 'failed', 'running', 'retrying', 'pending', 'cancelled', 'skipped', 'not_reached', 'to_come']

function Counts({ rows }: { rows: Row[] }) {
  return (
    <p className={styles.counts}>
      <b>
        {rows.length} {rows.length === 1 ? 'step' : 'steps'}
      </b>
      {COUNTED.map((state) => {
        const count = rows.filter((row) => row.state === state).length
        const { tone, label } = STEP_STATE[state]
        return (
          count > 0 && (
            <span key={state} title={label}>
              <StatusIcon tone={tone} label={label} /> {count}
            </span>
          )
        )
      })}
    </p>
  )
}

function Ticks({ timeline }: { timeline: TimelineData }) {
  return (
    <span className={styles.ticks}>
      {timeline.ticks.map((tick) => (
        <span key={tick} style={{ left: `${(100 * tick) / timeline.totalMs}%` }}>
          {tickText(tick, timeline.totalMs)}
        </span>
      ))}
    </span>
  )
}

function Lines({ timeline, isRunning }: { timeline: TimelineData; isRunning: boolean }) {
  return (
    <li className={styles.lines} aria-hidden="true">
      {timeline.ticks.map((tick) => (
        <i key={tick} style={{ left: `${(100 * tick) / timeline.totalMs}%` }} />
      ))}
      {isRunning && <i className={styles.now} style={{ left: '100%' }} />}
    </li>
  )
}

function tickText(tick: number, totalMs: number): string {
  if (totalMs < 2000) return `${tick} ms`
  if (totalMs < 180_000) return `${Number((tick / 1000).toFixed(1))} s`
  return `${Number((tick / 60_000).toFixed(1))} min`
}
