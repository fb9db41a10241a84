import { expect, test } from 'vitest'
import { changeOf, minutesText, percentText, valueOf } from './numbers'

const tile = { name: 'pass_rate', unit: 'share', value: 0.916, before: 0.937 }

test('nearly all is not all, and nearly nothing is not nothing', () => {
  expect([1, 0.9999, 0.5, 0.0001, 0, null].map(percentText)).toEqual(['100 %', '99.9 %', '50.0 %', '0.1 %', '0 %', '—'])
})

test('a number and its unit stand apart', () => {
  expect(valueOf(tile)).toEqual(['91.6', '%'])
  expect(valueOf({ unit: 'ms', value: 18_400 })).toEqual(['18.4', 's'])
  expect(valueOf({ unit: 'minutes', value: 214.4 })).toEqual(['214', 'min'])
  expect(valueOf({ unit: 'share', value: null })).toEqual(['—', ''])
  expect([0, 0.02, 1.26, 1234].map(minutesText)).toEqual(['0', '< 0.1', '1.3', '1,234'])
})

test('a change says how far and whether that is for the worse', () => {
  expect(changeOf(tile)).toEqual({ text: '2.1 points', direction: 'down', tone: 'fail' })
  expect(changeOf({ ...tile, value: 0.95 })).toEqual({ text: '1.3 points', direction: 'up', tone: 'pass' })
  expect(changeOf({ name: 'p95', unit: 'ms', value: 18_400, before: 15_700 })).toEqual({ text: '2.70 s', direction: 'up', tone: 'retry' })
  expect(changeOf({ name: 'flaky_rate', unit: 'share', value: 0.034, before: 0.028 })?.tone).toBe('fail')
  expect(changeOf({ name: 'lost_minutes', unit: 'minutes', value: 173, before: 214 })).toEqual({ text: '41 min', direction: 'down', tone: 'pass' })
})

test('what would read as nothing is no change, and without an earlier value there is none', () => {
  expect(changeOf({ ...tile, before: 0.9161 })?.text).toBe('no change')
  expect(changeOf({ ...tile, before: null })).toBeNull()
})
