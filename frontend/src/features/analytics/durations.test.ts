import { expect, test } from 'vitest'
import { marksOf, speedChange } from './durations'

const change = (execution: number, at: string, before_ms: number, after_ms: number) => ({ execution, at, before_ms, after_ms, ratio: after_ms / before_ms })

test('a change names the run since which it is so, the newest first', () => {
  const marks = marksOf([
    { environment: 'qa', is_slower: false, changes: [change(12, '2026-03-01T10:00:00Z', 900, 300)] },
    { environment: 'production', is_slower: true, changes: [change(47655, '2026-03-09T08:00:00Z', 3000, 4200)] },
  ])
  expect(marks.map((one) => one.text)).toEqual(['since #47655, +1.20 s', 'since #12, −600 ms'])
  expect(marks[0]).toMatchObject({ environment: 'production', day: '2026-03-09', isSlower: true, words: '3.00 s → 4.20 s' })
})

test('what the histograms cannot tell apart is no change', () => {
  expect(speedChange(1030, 1000)?.text).toBe('no change')
  expect(speedChange(2000, 1000)).toEqual({ text: '1.00 s', direction: 'up', tone: 'retry' })
  expect(speedChange(500, 1000)?.tone).toBe('pass')
  expect(speedChange(500, null)).toBeNull()
})
