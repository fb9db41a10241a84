import { expect, test } from 'vitest'
import type { Snapshot, StepRun } from './api/types'
import { type Fold, type Folding, type Line, linesOf, opensWith, withInside } from './folding'
import { timelineOf } from './timeline'

function run(path: string, status: string, more: Partial<StepRun> = {}): StepRun {
  const id = path.split('/').at(-1) ?? ''
  return {
    path, id, action: 'log', section: 'steps', position: 1, parent: null, status, started_at: '2026-01-01T00:00:00Z', finished_at: '2026-01-01T00:00:01Z',
    duration_ms: 1000, due_at: null, skip_reason: null, failure: null, message: null, recovered: false, soft: false, may_have_taken_effect: false, attempts: 1,
    index: null, turns: null, ...more,
  }
}

function snapshot(steps: StepRun[], isWhole = true): Snapshot {
  const execution = { id: 1, status: 'failed', phase: 'steps', started_at: '2026-01-01T00:00:00Z', queued_at: '2026-01-01T00:00:00Z', finished_at: '2026-01-01T00:00:09Z' }
  return { execution: execution as unknown as Snapshot['execution'], steps, event_number: 1, is_whole: isWhole }
}

const loop = (total: number, failed: number): StepRun =>
  run('steps/each', failed ? 'failed' : 'passed', { action: 'for_each', turns: { total, started: total, running: 0, failed } })
const turn = (number: number, status = 'passed', more: Partial<StepRun> = {}): StepRun =>
  run(`steps/each[${number}]/x`, status, { parent: 'steps/each', index: number, position: 2, ...more })

function lines(steps: StepRun[], folds: [string, Fold][] = [], more: Partial<Folding> = {}, openPath?: string): string[] {
  const rows = timelineOf(snapshot(steps), [], [], 0).sections.flatMap((section) => section.rows)
  return linesOf(rows, { folds: new Map(folds), unread: new Map(), isWhole: true, ...more }, openPath).map(words)
}

function words(line: Line): string {
  if (line.kind === 'more') return `… ${line.words}`
  return `${line.fold === 'none' ? '' : line.fold === 'open' ? '▾ ' : '▸ '}${line.row.path}`
}

const TURNS = Array.from({ length: 30 }, (_, number) => turn(number, number % 5 === 4 ? 'failed' : 'passed'))

test('a loop is one row until it is opened; the first that failed in it, and the open step, are seen at once', () => {
  const closed = ['▸ steps/each', 'steps/each[4]/x', 'steps/each[9]/x', 'steps/each[14]/x']
  expect(lines([loop(30, 6), ...TURNS])).toEqual(closed)
  expect(lines([loop(30, 6), ...TURNS], [], {}, 'steps/each[1]/x')).toEqual(['▸ steps/each', 'steps/each[1]/x', ...closed.slice(1)])
  expect(lines([loop(30, 30), ...TURNS.map((one) => ({ ...one, status: 'failed', soft: true }))])).toEqual(['▸ steps/each'])
})

test('a long loop opens with what failed in it, a short one whole', () => {
  expect(opensWith(loop(30, 6))).toBe('failed')
  expect([opensWith(loop(30, 0)), opensWith(loop(3, 1)), opensWith(undefined)]).toEqual(['all', 'all', 'all'])
  expect(lines([loop(30, 6), ...TURNS], [['steps/each', 'failed']]).slice(-2)).toEqual(['steps/each[29]/x', '… Show all 30 turns'])
  expect(lines([loop(30, 6), ...TURNS, run('steps/after', 'passed', { position: 9 })], [['steps/each', 'all']])).toHaveLength(32)
})

test('a loop of a loop is closed for itself, and says where steps are missing', () => {
  const inner = turn(0, 'passed', { action: 'for_each', turns: { total: 2000, started: 2000, running: 0, failed: 0 } })
  const deep = run('steps/each[0]/x[0]/y', 'passed', { parent: 'steps/each[0]/x', index: 0, position: 3 })
  const steps = [loop(2, 0), inner, deep, turn(1), run('steps/after', 'passed', { position: 9 })]
  expect(lines(steps, [['steps/each', 'all']])).toEqual(['▾ steps/each', '▸ steps/each[0]/x', 'steps/each[1]/x', 'steps/after'])
  const unread = new Map([['steps/each[0]/x', { isReading: false }]])
  expect(lines(steps, [['steps/each', 'all'], ['steps/each[0]/x', 'all']], { unread, isWhole: false })).toEqual([
    '▾ steps/each', '▾ steps/each[0]/x', 'steps/each[0]/x[0]/y', '… Show more of 2,000 turns', 'steps/each[1]/x', 'steps/after',
  ])
})

test('a condition stands open, and is asked for only where its steps did not come along', () => {
  const condition = run('steps/check', 'passed', { action: 'condition', turns: { total: 1, started: 1, running: 0, failed: 0 } })
  const then = run('steps/check/then/tell', 'passed', { parent: 'steps/check', position: 2 })
  expect(lines([condition, then])).toEqual(['steps/check', 'steps/check/then/tell'])
  expect(lines([condition], [], { isWhole: false })).toEqual(['▸ steps/check'])
})

test('what was read beside the snapshot joins it once, and what has ended stays ended', () => {
  const short = snapshot([loop(3, 0), turn(0), turn(2, 'running')], false)
  const whole = withInside(short, [turn(0), turn(1), turn(2, 'passed'), turn(3, 'running')])
  expect(whole.steps.map((step) => `${step.path} ${step.status}`)).toEqual([
    'steps/each passed', 'steps/each[0]/x passed', 'steps/each[1]/x passed', 'steps/each[2]/x passed', 'steps/each[3]/x running',
  ])
  expect(withInside(short, [])).toBe(short)
})
