/** The rows of a run: what ran, what is to come and what was not reached, on one axis of time. Pure. */

import type { AttemptLine, PlannedStep, Snapshot, StepRun } from './api/types'
import { horizonOf } from './axis'
import { type Bar, barsOf } from './bars'
import { statusLook, type StepState } from './status'

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
  /** Where the step usually ends, in milliseconds since the run began; null when nobody knows. */
  usualEnd: number | null
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
  /** Where the axis ends; beyond now while it runs. */
  totalMs: number
  nowMs: number
}

/** Milliseconds that the run and its steps usually take; steps by path without turns. */
export interface Usual {
  duration_ms: number
  steps: Readonly<Record<string, number>>
}

const SECTIONS = ['setup', 'steps', 'teardown'] as const

export function timelineOf(snapshot: Snapshot, plan: PlannedStep[], attempts: AttemptLine[], now: number, usual?: Usual): Timeline {
  const { execution, steps } = snapshot
  const end = execution.finished_at ? Date.parse(execution.finished_at) : now
  const begin = beginOf(execution.queued_at, execution.started_at, end)
  const byPath = grouped(attempts)
  const rows = [...ran(steps, plan), ...missing(snapshot, plan)]
  const sections = SECTIONS.map((name): Section => {
    const mine = rows
      .filter((row) => row.section === name)
      .toSorted((one, other) => inOrder(one.place, other.place) || one.order - other.order)
      .map((row) => finished(row, byPath.get(row.path) ?? [], begin, now, usual?.steps ?? {}))
    return { name, rows: mine, durationMs: spanOf(mine, now) }
  }).filter((section) => section.rows.length > 0)
  const nowMs = Math.max(end - begin, 1)
  return { sections, totalMs: horizonOf(nowMs, usual?.duration_ms, !execution.finished_at), nowMs }
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

interface Found extends Omit<Row, 'bars' | 'durationMs' | 'usualEnd'> {
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

function finished(found: Found, attempts: AttemptLine[], begin: number, now: number, usual: Usual['steps']): Row {
  const { path, id, action, name, depth, state, run, around: inside } = found
  const isOn = run?.started_at && !run.finished_at && run.status !== 'pending'
  const durationMs = isOn && run.started_at ? now - Date.parse(run.started_at) : (run?.duration_ms ?? null)
  const usualMs = Object.hasOwn(usual, keyOf(path)) ? usual[keyOf(path)] : undefined
  const usualEnd = usualMs !== undefined && run?.started_at && state !== 'skipped' ? Date.parse(run.started_at) - begin + usualMs : null
  return { path, id, action, name, depth, state, run, bars: barsOf(run, attempts, begin, now), durationMs, usualEnd, around: inside }
}

function spanOf(rows: Row[], now: number): number | null {
  const runs = rows.flatMap((row) => (row.run?.started_at ? [row.run] : []))
  if (runs.length === 0) return null
  const from = Math.min(...runs.map((run) => Date.parse(run.started_at ?? '')))
  const to = Math.max(...runs.map((run) => (run.finished_at ? Date.parse(run.finished_at) : now)))
  return to - from
}

/** What somebody looks for who asks for the failed steps only. */
export function isTrouble(row: Row): boolean {
  return row.state === 'failed' || row.state === 'retrying' || row.state === 'cancelled' || row.run?.recovered === true
}

export function onlyTrouble(sections: Section[]): Section[] {
  return sections.map((section) => ({ ...section, rows: section.rows.filter(isTrouble) })).filter((section) => section.rows.length > 0)
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
