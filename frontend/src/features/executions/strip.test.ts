import { expect, test } from 'vitest'
import { cellsOf, doing } from './strip'

const COUNTS = { total: 4, passed: 0, failed: 0, soft_failed: 0, skipped: 0, cancelled: 0, retries: 0, recovered: 0 }
const tones = (execution: Parameters<typeof cellsOf>[0]): string => cellsOf(execution).map((cell) => cell.tone).join(' ')

test('steps that were not reached are flat, those to come wait', () => {
  const strip = ['passed', 'recovered', 'failed']
  expect(tones({ strip, counts: { ...COUNTS, passed: 2, failed: 1 }, status: 'failed' })).toBe('pass pass fail skip')
  expect(tones({ strip: ['running'], counts: COUNTS, status: 'running' })).toBe('run wait wait wait')
})

test('before there is a strip the counts stand for it', () => {
  expect(tones({ strip: [], counts: { ...COUNTS, passed: 2, failed: 2, soft_failed: 1 }, status: 'passed' })).toBe('fail retry pass pass')
})

test('of a thousand steps those beyond the strip are what the counts say, not what was not reached', () => {
  const counts = { ...COUNTS, total: 1000, passed: 999, failed: 1 }
  const cells = cellsOf({ strip: Array.from({ length: 60 }, () => 'passed'), counts, status: 'failed' })
  expect(cells).toHaveLength(1000)
  expect(cells.filter((cell) => cell.tone === 'pass')).toHaveLength(999)
  expect(cells.filter((cell) => cell.tone === 'fail')).toHaveLength(1)
})

test('turns inside a loop are counted and have no cell', () => {
  expect(tones({ strip: ['passed', 'failed'], counts: { ...COUNTS, passed: 30, failed: 2 }, status: 'failed' })).toBe('pass fail skip skip')
})

test('a running execution says how far it is', () => {
  expect(doing({ phase: 'steps', strip: ['passed', 'skipped', 'running'], counts: COUNTS })).toBe('2 of 4 steps are over')
  expect(doing({ phase: 'setup', strip: null, counts: COUNTS })).toBe('0 of 4 steps are over')
  expect(doing({ phase: 'teardown', strip: ['failed'], counts: COUNTS })).toBe('in the teardown')
})
