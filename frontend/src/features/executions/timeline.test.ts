import { expect, test } from 'vitest'
import type { AttemptLine, PlannedStep, Snapshot, StepRun } from './api/types'
import { busyAxis, horizonOf, ticksOf, wholeAxis } from './axis'
import { sectionWords, stepToOpen, timelineOf } from './timeline'

const AT = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()

function planned(section: string, id: string, position: number, parent: string | null = null): PlannedStep {
  return { path: parent ? `${parent}/error_steps/${id}` : `${section}/${id}`, id, action: 'log', section, position, parent, name: '', most_attempts: 1 }
}

function run(path: string, position: number, status: string, from: number, to: number | null, more: Partial<StepRun> = {}): StepRun {
  const [section = '', id = ''] = path.split('/')
  return {
    path, id, action: 'log', section, position, parent: null, status, started_at: AT(from), finished_at: to === null ? null : AT(to),
    duration_ms: to === null ? null : to - from, due_at: null, skip_reason: null, failure: null, message: null, recovered: false, soft: false,
    may_have_taken_effect: false, attempts: 1, index: null, turns: null, ...more,
  }
}

function snapshot(status: string, phase: string, steps: StepRun[], end: number | null): Snapshot {
  const execution = { id: 1, status, phase, started_at: AT(0), queued_at: AT(0), finished_at: end === null ? null : AT(end), failed_step: null }
  return { execution: execution as unknown as Snapshot['execution'], steps, event_number: 1, is_whole: true }
}

const PLAN = [planned('setup', 'a', 0), planned('steps', 'b', 1), planned('steps', 'c', 2), planned('steps', 'n', 3, 'steps/c'), planned('teardown', 'd', 4)]

test('a run that failed shows what it did not reach, and teardown after it', () => {
  const steps = [run('setup/a', 0, 'passed', 0, 10), run('steps/b', 1, 'failed', 10, 30), run('teardown/d', 4, 'passed', 30, 40)]
  const { sections, totalMs } = timelineOf(snapshot('failed', 'teardown', steps, 40), PLAN, [], 0)
  expect(sections.map((section) => section.rows.map((row) => `${row.id} ${row.state}`))).toEqual([['a passed'], ['b failed', 'c not_reached'], ['d passed']])
  expect(totalMs).toBe(40)
  expect(sections[1] && sectionWords(sections[1])).toBe('0 of 2 passed, 1 failed')
})

test('while teardown runs, steps that were not reached are not to come any more', () => {
  const steps = [run('setup/a', 0, 'failed', 0, 10)]
  const { sections } = timelineOf(snapshot('running', 'teardown', steps, null), PLAN, [], Date.parse(AT(20)))
  expect(sections[1]?.rows.map((row) => row.state)).toEqual(['not_reached', 'not_reached'])
  expect(sections[2]?.rows.map((row) => row.state)).toEqual(['to_come'])
})

test('attempts, the wait between them and the wait in the queue stand on one axis', () => {
  const steps = [run('steps/b', 1, 'passed', 10, 100, { attempts: 2 })]
  const line = (number: number, status: string, due: number, from: number, to: number): AttemptLine => ({
    path: 'steps/b', number, status, due_at: AT(due), started_at: AT(from), finished_at: AT(to),
  })
  const attempts = [line(1, 'failed', 5, 10, 20), line(2, 'passed', 80, 90, 100)]
  const { sections } = timelineOf(snapshot('passed', 'steps', steps, 100), [], attempts, 0)
  const bars = sections[0]?.rows[0]?.bars.map((bar) => [bar.kind, bar.tone, bar.from, bar.to])
  expect(bars).toEqual([
    ['queue', 'skip', 5, 10],
    ['attempt', 'fail', 10, 20],
    ['wait', 'skip', 20, 90],
    ['queue', 'skip', 80, 90],
    ['attempt', 'pass', 90, 100],
  ])
})

test('the page opens at the failed step, and follows a run at its newest', () => {
  const failed = [run('setup/a', 0, 'passed', 0, 1), run('steps/b', 1, 'failed', 1, 2)]
  expect(stepToOpen(snapshot('failed', 'steps', failed, 2))).toBe('steps/b')
  const running = [run('setup/a', 0, 'passed', 0, 1), run('steps/b', 1, 'running', 1, null)]
  expect(stepToOpen(snapshot('running', 'steps', running, null))).toBe('steps/b')
})

test.each([1, 7, 99, 1234, 60_000, 3_600_000])('ticks over %i ms are few and begin at 0', (total) => {
  const ticks = ticksOf(total)
  expect(ticks[0]).toBe(0)
  expect(ticks.length).toBeGreaterThan(1)
  expect(ticks.length).toBeLessThan(8)
})

test('the usual end of a step is told from its own start', () => {
  const steps = [run('steps/b', 1, 'passed', 10, 100)]
  const usual = { duration_ms: 50, steps: { 'steps/b': 40 } }
  const { sections } = timelineOf(snapshot('passed', 'steps', steps, 100), [], [], 0, usual)
  expect(sections[0]?.rows[0]?.usualEnd).toBe(50)
})

test('while a run goes on its axis ends ahead, at a place that stays for a while', () => {
  expect(horizonOf(21_400, 34_000, true)).toBe(horizonOf(22_000, 34_000, true))
  expect(horizonOf(21_400, 34_000, true)).toBeGreaterThanOrEqual(34_000)
  expect(horizonOf(21_400, 34_000, false)).toBe(21_400)
})

test('busy parts leave long waits out, in order and without a break in the axis', () => {
  const steps = [run('steps/b', 1, 'passed', 0, 1000), run('steps/c', 2, 'passed', 60_000, 61_000)]
  const { sections, totalMs } = timelineOf(snapshot('passed', 'steps', steps, 61_000), [], [], 0)
  const [busy, whole] = [busyAxis(sections, totalMs), wholeAxis(totalMs)]
  expect(busy.breaks.map((one) => one.ms)).toEqual([59_000])
  expect(whole.at(1000)).toBeLessThan(0.02)
  expect(busy.at(1000)).toBeGreaterThan(0.4)
  const places = [0, 500, 1000, 30_000, 60_000, 61_000].map((ms) => busy.at(ms))
  expect(places).toEqual(places.toSorted((one, other) => one - other))
  expect(places.at(-1)).toBeCloseTo(1)
})

test('turns stand together, in their order, whichever ran first', () => {
  const turn = (number: number, id: string, position: number, status: string): StepRun =>
    run(`steps/b[${number}]/${id}`, position, status, 10, 20, { id, parent: 'steps/b', index: number })
  const turns = { total: 2, started: 2, running: 0, failed: 1 }
  const loop = run('steps/b', 1, 'failed', 10, 30, { turns })
  const inside = [turn(1, 'x', 2, 'passed'), turn(0, 'x', 2, 'passed'), turn(1, 'y', 3, 'failed'), turn(0, 'y', 3, 'passed')]
  const { sections } = timelineOf(snapshot('failed', 'steps', [loop, ...inside], 40), [], [], 0)
  const rows = sections[0]?.rows ?? []
  expect(rows.map((row) => row.path)).toEqual(['steps/b', 'steps/b[0]/x', 'steps/b[0]/y', 'steps/b[1]/x', 'steps/b[1]/y'])
})
