import { expect, test } from 'vitest'
import { Problem } from '@/lib/http'
import type { Batch, BatchRow } from './api'
import { formatOf, mistakesOf, notPassed, rowLook, totalsText } from './rows'

const counts = { total: 5, waiting: 0, running: 1, passed: 1, failed: 2, timed_out: 1, cancelled: 0 }
const batch = { counts } as Batch
const row: BatchRow = { number: 1, label: null, status: 'waiting', reason: null, execution: null }

test('the format is what the name of the file says', () => {
  expect(['a.JSON', 'a.csv', 'rows'].map(formatOf)).toEqual(['json', 'csv', 'csv'])
})

test('totals leave out what is none', () => {
  expect(totalsText(batch)).toBe('5 rows: 1 passed, 2 failed, 1 timed out, 1 running')
  expect(notPassed(batch)).toBe(3)
})

test('a row tells what became of it', () => {
  expect(rowLook(row).label).toBe('Waiting')
  expect(rowLook({ ...row, status: 'failed' }).label).toBe('Not started')
  expect(rowLook({ ...row, status: 'cancelled' }).label).toBe('Cancelled')
})

test('mistakes of the file are those that the problem names', () => {
  expect(mistakesOf(new Problem(422, 'rows_invalid', 'x', { mistakes: [{ row: 2, column: 'a', message: 'm' }] }))).toHaveLength(1)
  expect(mistakesOf(new Error('x'))).toEqual([])
})
