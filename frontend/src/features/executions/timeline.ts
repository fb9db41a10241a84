/** The rows of a run: what ran, what is to come and what was not reached, on one axis of time. Pure. */

import type { Tone } from '@/ui/StatusIcon'
import type { AttemptLine, PlannedStep, Snapshot, StepRun } from './api/types'
import { attemptTone, statusLook, stepLook, type StepState } from './status'

export type BarKind = 'queue' | 'attempt' | 'wait' | 'next'

export interface Bar {
  kind: BarKind
  tone: Tone
  /** Milliseconds since the run began. */
  from: number
  to: number
  label: string
}

export interface Row {
  path: string
  id: string
  action: string
  name: string
  depth: number
  state: StepState
  run: StepRun | undefined
  bars: Bar[]
  durationMs: number | null
  /** Paths of the loops and branches it is in, from the outside in. */
  around: string[]
}

export interface Section {
  name: 'setup' | 'steps' | 'teardown'
  rows: Row[]
  durationMs: number | null
}

export interface Timeline {
  sections: Section[]
  totalMs: number
  ticks: number[]
}

const SECTIONS = ['setup', 'steps', 'teardown'] as const
const MOST_TICKS = 5

export function timelineOf(snapshot: Snapshot, plan: PlannedStep[], attempts: AttemptLine[], now: number): Timeline {
  const { execution, steps } = snapshot
  const end = execution.finished_at ? Date.parse(execution.finished_at) : now
  const begin = beginOf(execution.queued_at, execution.started_at, end)
  const byPath = grouped(attempts)
  const rows = [...ran(steps, plan), ...missing(snapshot, plan)]
  const sections = SECTIONS.map((name): Section => {
    const mine = rows
      .filter((row) => row.section === name)
      .toSorted((one, other) => inOrder(one.place, other.place) || one.order - other.order)
      .map((row) => withBars(row, byPath.get(row.path) ?? [], begin, now))
    return { name, rows: mine, durationMs: spanOf(mine, now) }
  }).filter((section) => section.rows.length > 0)
  const totalMs = Math.max(end - begin, 1)
  return { sections, totalMs, ticks: ticksOf(totalMs) }
}

/** The axis begins with the wait in the queue, unless that was longer than the run and would press it flat. */
function beginOf(queuedAt: string, startedAt: string | null, end: number): number {
  const [queued, started] = [Date.parse(queuedAt), Date.parse(startedAt ?? queuedAt)]
  return started - queued <= end - started ? queued : started
}

function grouped(attempts: AttemptLine[]): Map<string, AttemptLine[]> {
  const groups = new Map<string, AttemptLine[]>()
  for (const attempt of attempts) {
    const group = groups.get(attempt.path)
    if (group) group.push(attempt)
    else groups.set(attempt.path, [attempt])
  }
  return groups
}

interface Found extends Omit<Row, 'bars' | 'durationMs'> {
  section: string
  /** Turn and position of every step around it and of itself: turns stand together, whichever ran first. */
  place: number[]
  order: number
}

function inOrder(one: number[], other: number[]): number {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference) return difference
  }
  return one.length - other.length
}

/** Each prefix of a path that ends before a turn's number: `steps/a[1]/b[2]/c` is in `steps/a` and in `steps/a[1]/b`. */
export function around(path: string): string[] {
  return [...path.matchAll(/\[\d+\]/g)].map((found) => path.slice(0, found.index))
}

/** What is to be seen of a section: of a closed loop only what failed in it, and the step that is open. */
export function visibleRows(rows: Row[], opened: ReadonlySet<string>, openPath: string | undefined): Row[] {
  return rows.filter((row) => row.state === 'failed' || row.path === openPath || row.around.every((path) => opened.has(path)))
}

function ran(steps: StepRun[], plan: PlannedStep[]): Found[] {
  const names = new Map(plan.map((one) => [one.path, one.name]))
  const depths = new Map<string, number>()
  const places = new Map<string, number[]>()
  return steps.map((run, order) => {
    const depth = run.parent === null ? 0 : (depths.get(run.parent) ?? 0) + 1
    depths.set(run.path, depth)
    const { path, id, action, section, position } = run
    const place = [...(run.parent === null ? [] : (places.get(run.parent) ?? [])), run.index ?? -1, position]
    places.set(path, place)
    const state = run.status as StepState
    return { path, id, action, section, place, order, depth, state, run, name: names.get(keyOf(path)) ?? '', around: around(path) }
  })
}

/** Steps of the plan without a step run. Nested ones are left out: their parent says what became of them. */
function missing(snapshot: Snapshot, plan: PlannedStep[]): Found[] {
  const { execution, steps } = snapshot
  const there = new Set(steps.map((step) => keyOf(step.path)))
  const isOver = statusLook(execution.status).final
  const phase = SECTIONS.findIndex((name) => name === execution.phase)
  return plan
    .filter((one) => one.parent === null && !there.has(one.path))
    .map((one) => {
      const isPast = isOver || SECTIONS.findIndex((name) => name === one.section) < phase
      const { path, id, action, section, position, name } = one
      const state = isPast ? 'not_reached' : 'to_come'
      return { path, id, action, section, place: [-1, position], name, order: 0, depth: 0, run: undefined, state, around: [] }
    })
}

export function keyOf(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '')
}

function withBars(found: Found, attempts: AttemptLine[], begin: number, now: number): Row {
  const { path, id, action, name, depth, state, run, around: inside } = found
  const bars = attempts.length > 0 ? attemptBars(attempts, begin, now) : roughBars(run, begin, now)
  if (run?.status === 'retrying' && run.due_at) {
    const due = Date.parse(run.due_at) - begin
    const last = bars.at(-1)?.to ?? due
    bars.push({ kind: 'wait', tone: 'retry', from: last, to: due, label: 'Wait' })
    bars.push({ kind: 'next', tone: 'retry', from: due, to: due, label: `Attempt ${run.attempts + 1} to come` })
  }
  const isOn = run?.started_at && !run.finished_at && run.status !== 'pending'
  const durationMs = isOn && run.started_at ? now - Date.parse(run.started_at) : (run?.duration_ms ?? null)
  return { path, id, action, name, depth, state, run, bars, durationMs, around: inside }
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

function spanOf(rows: Row[], now: number): number | null {
  const runs = rows.flatMap((row) => (row.run?.started_at ? [row.run] : []))
  if (runs.length === 0) return null
  const from = Math.min(...runs.map((run) => Date.parse(run.started_at ?? '')))
  const to = Math.max(...runs.map((run) => (run.finished_at ? Date.parse(run.finished_at) : now)))
  return to - from
}

/** Round numbers from 0 on, at most five. */
export function ticksOf(totalMs: number): number[] {
  const least = totalMs / (MOST_TICKS - 1)
  const power = 10 ** Math.floor(Math.log10(least))
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= least) ?? 10 * power
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, index) => index * step)
}

export function sectionWords(section: Section): string {
  const count = (states: StepState[]): number => section.rows.filter((row) => row.depth === 0 && states.includes(row.state)).length
  const total = section.rows.filter((row) => row.depth === 0).length
  const passed = count(['passed'])
  const words = [`${passed} of ${total} passed`]
  const others: [StepState[], string][] = [
    [['failed'], 'failed'],
    [['running', 'retrying', 'pending'], 'running'],
    [['skipped'], 'skipped'],
    [['cancelled'], 'cancelled'],
  ]
  for (const [states, word] of others) {
    if (count(states)) words.push(`${count(states)} ${word}`)
  }
  return words.join(', ')
}

/** The step that somebody who opens the page wants to see. */
export function stepToOpen(snapshot: Snapshot): string | undefined {
  const { execution, steps } = snapshot
  if (execution.failed_step) return execution.failed_step
  const worst = steps.find((step) => step.status === 'failed') ?? steps.find((step) => step.status === 'cancelled')
  if (statusLook(execution.status).final) return (worst ?? steps[0])?.path
  return (worst ?? steps.findLast((step) => step.status === 'running' || step.status === 'retrying') ?? steps.at(-1))?.path
}
