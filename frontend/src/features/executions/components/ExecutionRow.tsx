import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { clockText, durationText, momentText, wholeMomentText } from '@/lib/time'
import { Masked } from '@/ui/Masked'
import { StatusIcon } from '@/ui/StatusIcon'
import { StatusWord } from '@/ui/StatusWord'
import { StepStrip } from '@/ui/StepStrip'
import type { Execution } from '../api/types'
import { cellsOf, doing } from '../strip'
import { statusLook } from '../status'
import styles from './ExecutionRow.module.css'
import { TriggeredBy } from './TriggeredBy'

interface Props {
  execution: Execution
  isCurrent: boolean
  isFresh: boolean
  isSelected: boolean
  onSelect: (id: number) => void
  now: number
}

export const ExecutionRow = memo(function ExecutionRow({ execution, isCurrent, isFresh, isSelected, onSelect, now }: Props) {
  const look = statusLook(execution.status)
  const started = execution.started_at ?? execution.queued_at
  const duration = execution.duration_ms ?? (execution.started_at && !look.final ? now - Date.parse(execution.started_at) : null)
  const classes = [styles.row, isCurrent ? styles.current : '', isFresh ? styles.fresh : '', isSelected ? styles.selected : '']
  return (
    <div className={classes.filter(Boolean).join(' ')} data-execution={execution.id}>
      <input type="checkbox" className={styles.check} aria-label={`Select #${execution.id}`} checked={isSelected} onChange={() => onSelect(execution.id)} />
      <Link to="/executions/$executionId" params={{ executionId: String(execution.id) }} className={styles.link} aria-current={isCurrent ? 'true' : undefined}>
      <span className={styles.status}>
        <StatusWord tone={look.tone} label={look.label} />
      </span>
      <span className={styles.flow}>
        <span className={styles.name} title={execution.flow_name}>
          {execution.flow_name}
        </span>
        <span className={styles.workspace}>{execution.workspace}</span>
      </span>
      <span className={styles.trigger}>
        <TriggeredBy execution={execution} />
      </span>
      <span className={styles.environment}>{execution.environment ?? '—'}</span>
      <time className={styles.started} dateTime={started} title={wholeMomentText(started)}>
        {isToday(started) ? clockText(started) : momentText(started)}
      </time>
      <span className={styles.duration}>{durationText(duration)}</span>
      <span className={styles.usual}>
        <AgainstUsual duration={duration} usual={execution.usual_ms} />
      </span>
      <span className={styles.strip}>
        <StepStrip cells={cellsOf(execution)} label={stripWords(execution)} />
        {execution.counts.retries > 0 && (
          <span className={styles.retries} title={`${execution.counts.retries} retries`}>
            <StatusIcon tone="retry" label="Retries" />
            {execution.counts.retries}
          </span>
        )}
      </span>
      <span className={styles.failure}>
        <WhatHappened execution={execution} />
      </span>
      </Link>
    </div>
  )
})

const SLOW_FROM = 1.45

function AgainstUsual({ duration, usual }: { duration: number | null; usual: number | null | undefined }) {
  if (!usual || duration === null) return null
  const share = Math.min(duration / (2 * usual), 1)
  return (
    <span className={styles.bar} role="img" aria-label={`usually ${durationText(usual)}`} title={`Usually ${durationText(usual)}`}>
      <i className={duration > SLOW_FROM * usual ? styles.slow : ''} style={{ width: `${share * 100}%` }} />
    </span>
  )
}

function stripWords({ counts }: Execution): string {
  return `${counts.passed} of ${counts.total} steps passed, ${counts.failed} failed, ${counts.skipped} skipped`
}

function WhatHappened({ execution }: { execution: Execution }) {
  const { failure, failed_step, status, cancel_requested_by } = execution
  if (failure || failed_step) {
    return (
      <>
        {failed_step && <span className={styles.step}>{failed_step.split('/').slice(1).join('/')}</span>}
        <span className={status === 'timed_out' ? styles.toutText : styles.failText} title={failure?.message}>
          <Masked text={failure?.message ?? ''} />
        </span>
      </>
    )
  }
  if (status === 'cancelled') return <span className={styles.quiet}>{`stopped by ${cancel_requested_by ?? 'somebody'}`}</span>
  if (status === 'timed_out') return <span className={styles.toutText}>the time limit of the flow passed</span>
  if (status === 'queued') return <span className={styles.quiet}>{execution.waiting_for?.message ?? 'waits for a worker'}</span>
  if (status === 'running') return <span className={styles.quiet}>{doing(execution)}</span>
  return null
}

function isToday(at: string): boolean {
  return new Date(at).toDateString() === new Date().toDateString()
}
