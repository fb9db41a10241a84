/** What a step did, as bars over time. Pure. */

import type { Tone } from '@/ui/StatusIcon'
import type { AttemptLine, StepRun } from './api/types'
import { attemptTone, stepLook } from './status'

export type BarKind = 'queue' | 'attempt' | 'wait' | 'next'

export interface Bar {
  kind: BarKind
  tone: Tone
  /** Milliseconds since the run began. */
  from: number
  to: number
  label: string
}

export function barsOf(run: StepRun | undefined, attempts: AttemptLine[], begin: number, now: number): Bar[] {
  if (run?.status === 'skipped') return []
  const bars = attempts.length > 0 ? attemptBars(attempts, begin, now) : roughBars(run, begin, now)
  if (run?.status === 'retrying' && run.due_at) {
    const due = Date.parse(run.due_at) - begin
    const last = bars.at(-1)?.to ?? due
    bars.push({ kind: 'wait', tone: 'retry', from: last, to: due, label: 'Wait' })
    bars.push({ kind: 'next', tone: 'retry', from: due, to: due, label: `Attempt ${run.attempts + 1} to come` })
  }
  return bars
}

function attemptBars(attempts: AttemptLine[], begin: number, now: number): Bar[] {
  const bars: Bar[] = []
  let before: number | undefined
  for (const attempt of attempts) {
    const due = Math.max(0, Date.parse(attempt.due_at) - begin)
    const from = Date.parse(attempt.started_at) - begin
    const to = (attempt.finished_at ? Date.parse(attempt.finished_at) : now) - begin
    if (before !== undefined && from > before) bars.push({ kind: 'wait', tone: 'skip', from: before, to: from, label: 'Wait between attempts' })
    const queueFrom = Math.max(due, before ?? due)
    if (from > queueFrom) bars.push({ kind: 'queue', tone: 'skip', from: queueFrom, to: from, label: 'Waited for a worker' })
    bars.push({ kind: 'attempt', tone: attemptTone(attempt.status), from, to: Math.max(to, from), label: `Attempt ${attempt.number}` })
    before = to
  }
  return bars
}

/** Before the attempts are there: one bar over the whole step. */
function roughBars(run: StepRun | undefined, begin: number, now: number): Bar[] {
  if (!run?.started_at) return []
  const from = Date.parse(run.started_at) - begin
  const to = (run.finished_at ? Date.parse(run.finished_at) : now) - begin
  return [{ kind: 'attempt', tone: stepLook(run.status).tone, from, to: Math.max(to, from), label: 'Step' }]
}

