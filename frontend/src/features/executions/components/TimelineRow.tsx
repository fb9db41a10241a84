import { memo } from 'react'
import { durationText } from '@/lib/time'
import { Masked } from '@/ui/Masked'
import { StatusIcon } from '@/ui/StatusIcon'
import { stepLook } from '../status'
import type { Bar, Row } from '../timeline'
import styles from './Timeline.module.css'

interface Props {
  row: Row
  totalMs: number
  isOpen: boolean
  onOpen: (path: string) => void
  isExpanded?: boolean
  /** Of a loop or branches: show or hide the steps inside. */
  onToggle?: (path: string) => void
}

export const TimelineRow = memo(function TimelineRow({ row, totalMs, isOpen, onOpen, isExpanded = false, onToggle }: Props) {
  const look = stepLook(row.state)
  const isQuiet = row.state === 'not_reached' || row.state === 'to_come' || row.state === 'skipped'
  const says = whatItSays(row)
  return (
    <li className={styles.item}>
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
        <span className={styles.step}>
          <span className={styles.id} title={row.path}>
            {row.id}
          </span>
          <span className={styles.action}>{row.run?.skip_reason ?? row.action}</span>
        </span>
        <span className={styles.axis} aria-hidden="true">
          {row.bars.map((bar, index) => (
            <BarMark key={index} bar={bar} totalMs={totalMs} />
          ))}
        </span>
        <span className={`${styles.duration} ${styles[`${look.tone}Text`] ?? ''}`}>{durationWords(row)}</span>
        {says && (
          <span className={`${styles.says} ${styles[`${look.tone}Text`] ?? ''}`}>
            <Masked text={says} />
          </span>
        )}
      </button>
      {row.run?.turns && onToggle && (
        <button
          type="button"
          className={styles.turns}
          aria-expanded={isExpanded}
          style={{ marginLeft: row.depth * 20 + 28 }}
          onClick={() => onToggle(row.path)}
        >
          {isExpanded ? '▾' : '▸'} {turnWords(row.run.turns)}
        </button>
      )}
    </li>
  )
})

function turnWords(turns: NonNullable<NonNullable<Row['run']>['turns']>): string {
  const words = [turns.started < turns.total ? `${turns.started} of ${turns.total} turns` : `${turns.total} ${turns.total === 1 ? 'turn' : 'turns'}`]
  if (turns.running) words.push(`${turns.running} running`)
  if (turns.failed) words.push(`${turns.failed} failed`)
  return words.join(', ')
}

const SMALLEST = '3px'

function BarMark({ bar, totalMs }: { bar: Bar; totalMs: number }) {
  const left = `${(100 * bar.from) / totalMs}%`
  const width = `${(100 * (bar.to - bar.from)) / totalMs}%`
  return <i className={`${styles[bar.kind]} ${styles[bar.tone] ?? ''}`} style={{ left, width: bar.kind === 'next' ? undefined : `max(${bar.kind === 'wait' ? '0px' : SMALLEST}, ${width})` }} title={`${bar.label}: ${durationText(bar.to - bar.from)}`} />
}

function durationWords(row: Row): string {
  if (row.state === 'not_reached') return 'not reached'
  if (row.state === 'to_come') return 'to come'
  if (row.state === 'skipped') return 'skipped'
  if (row.state === 'pending') return 'waits'
  return durationText(row.durationMs)
}

function whatItSays({ run, state }: Row): string {
  if (!run || !(state === 'failed' || state === 'retrying' || state === 'cancelled')) return ''
  const attempts = run.attempts > 1 ? ` · ${state === 'retrying' ? `after attempt ${run.attempts}` : `attempt ${run.attempts} of ${run.attempts}`}` : ''
  const doubt = run.may_have_taken_effect ? ' · it may have taken effect' : ''
  return `${run.failure?.message ?? run.message ?? ''}${attempts}${doubt}`
}
