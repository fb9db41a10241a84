import { memo } from 'react'
import { durationText } from '@/lib/time'
import { Masked } from '@/ui/Masked'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Axis } from '../axis'
import type { Bar } from '../bars'
import { saysSomething } from '../hooks/useGrown'
import { stepLook } from '../status'
import type { Row } from '../timeline'
import styles from './Timeline.module.css'

interface Props {
  row: Row
  axis: Axis
  isOpen: boolean
  onOpen: (path: string) => void
  /** Whether there is a line below for what it says; without one that stands in the row, which then keeps its height. */
  isGrown: boolean
  /** Since before the run ended: a line that is there stays, whatever there is to say. */
  isWatched: boolean
  /** Of a loop or branches: whether the steps inside are shown. */
  fold: 'none' | 'closed' | 'open'
  onToggle: (path: string) => void
}

export const TimelineRow = memo(function TimelineRow({ row, axis, isOpen, onOpen, isGrown, isWatched, fold, onToggle }: Props) {
  const look = stepLook(row.state)
  const isQuiet = row.state === 'not_reached' || row.state === 'to_come' || row.state === 'skipped'
  const says = whatItSays(row)
  const inRow = isGrown ? '' : says
  const below = isGrown ? says || (isWatched ? '\u00a0' : '') : ''
  const reason = row.run?.skip_reason
  const isWide = reason || (inRow && row.state !== 'retrying')
  return (
    <>
      <button
        type="button"
        className={`${styles.row ?? ''} ${isQuiet ? (styles.quiet ?? '') : ''}`}
        aria-current={isOpen ? 'true' : undefined}
        data-step={row.path}
        data-state={row.state}
        onClick={() => onOpen(row.path)}
      >
        <span className={styles.icon} style={{ marginLeft: row.depth * 20 }}>
          <StatusIcon tone={look.tone} label={look.label} />
        </span>
        <span className={`${styles.step ?? ''} ${isWide ? (styles.wide ?? '') : ''}`}>
          <span className={styles.id} title={row.path}>
            {row.id}
          </span>
          <span className={`${styles.action ?? ''} ${inRow ? (styles[`${look.tone}Text`] ?? '') : ''}`} title={reason ?? (inRow.slice(0, MOST_IN_TITLE) || undefined)}>
            {inRow ? <Masked text={inRow} /> : (reason ?? row.action)}
          </span>
        </span>
        {!isWide && (
          <span className={styles.axis} aria-hidden="true">
            {row.bars.map((bar, index) => (
              <BarMark key={index} bar={bar} axis={axis} />
            ))}
            <UsualMark row={row} axis={axis} />
          </span>
        )}
        <span className={`${styles.duration ?? ''} ${styles[`${look.tone}Text`] ?? ''}`}>
          {row.run?.recovered && <StatusIcon tone="retry" label={`Passed after ${row.run.attempts} attempts`} size={12} />}
          {durationWords(row)}
        </span>
        {below && (
          <span className={`${styles.says ?? ''} ${styles[`${look.tone}Text`] ?? ''}`}>
            <span title={below.slice(0, MOST_IN_TITLE)}>
              <Masked text={below} />
            </span>
          </span>
        )}
      </button>
      {row.run?.turns && fold !== 'none' && (
        <button type="button" className={styles.turns} aria-expanded={fold === 'open'} style={{ marginLeft: row.depth * 20 + 28 }} onClick={() => onToggle(row.path)}>
          {fold === 'open' ? '▾' : '▸'} {turnWords(row.run.turns)}
        </button>
      )}
    </>
  )
})

const MOST_IN_TITLE = 1000

function turnWords(turns: NonNullable<NonNullable<Row['run']>['turns']>): string {
  const words = [turns.started < turns.total ? `${turns.started} of ${turns.total} turns` : `${turns.total} ${turns.total === 1 ? 'turn' : 'turns'}`]
  if (turns.running) words.push(`${turns.running} running`)
  if (turns.failed) words.push(`${turns.failed} failed`)
  return words.join(', ')
}

const SMALLEST: Record<Bar['kind'], string> = { attempt: '3px', queue: '0px', wait: '0px', next: '8px' }

function BarMark({ bar, axis }: { bar: Bar; axis: Axis }) {
  const [left, right] = [axis.at(bar.from), axis.at(bar.to)]
  const width = `max(${SMALLEST[bar.kind]}, ${100 * (right - left)}%)`
  return <i className={`${styles[bar.kind] ?? ''} ${styles[bar.tone] ?? ''}`} style={{ left: `${100 * left}%`, width }} title={`${bar.label}: ${durationText(bar.to - bar.from)}`} />
}

/** A tick on every row would be noise: it stands where the end is a good way from the usual one. */
const WORTH_A_TICK = 0.03

function UsualMark({ row, axis }: { row: Row; axis: Axis }) {
  const end = row.bars.at(-1)?.to
  if (row.usualEnd === null || end === undefined) return null
  const [usual, real] = [axis.at(row.usualEnd), axis.at(end)]
  if (usual > 1 || Math.abs(usual - real) < WORTH_A_TICK) return null
  return <i className={styles.usual} style={{ left: `${100 * usual}%` }} title="Usual end" />
}

function durationWords(row: Row): string {
  if (row.state === 'not_reached') return 'not reached'
  if (row.state === 'to_come') return 'to come'
  if (row.state === 'skipped') return 'skipped'
  if (row.state === 'pending') return 'waits'
  return durationText(row.durationMs)
}

function whatItSays(row: Row): string {
  const { run, state } = row
  if (!run || !saysSomething(row)) return ''
  const attempts = run.attempts > 1 ? ` · ${state === 'retrying' ? `after attempt ${run.attempts}` : `attempt ${run.attempts} of ${run.attempts}`}` : ''
  const doubt = run.may_have_taken_effect ? ' · it may have taken effect' : ''
  return `${run.failure?.message ?? run.message ?? ''}${attempts}${doubt}`
}
