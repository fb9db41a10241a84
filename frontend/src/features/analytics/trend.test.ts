import { expect, test } from 'vitest'
import type { Trend, TrendPoint } from './api/types'
import { isSure, pointWords, worstOf } from './trend'

function point(day: string, passed: number, failed: number, lo: number, hi: number): TrendPoint {
  const judged = passed + failed
  const counts = { n: judged, passed, failed, timed_out: 0, cancelled: 0, platform: 0, recovered: 0, retries: 0, judged, rate: judged ? passed / judged : null, lo, hi }
  return { day, hour: null, counts, is_thin: judged < 5, q: `since:${day}` }
}

const good = point('2026-03-01', 98, 2, 0.93, 0.994)
const bad = point('2026-03-02', 70, 30, 0.604, 0.781)
const thin = point('2026-03-03', 0, 3, 0, 0.56)
const trend = (...points: TrendPoint[]): Trend => ({ points, total: { ...good.counts, rate: 0.83 }, q: '' })

test('a point says its rate, how many runs, and how sure that is', () => {
  expect(pointWords(bad)).toBe('70.0 % of 100 runs, 60.4 to 78.1 %')
})

test('few runs are not pointed at, however bad', () => {
  expect([good, thin].map(isSure)).toEqual([true, false])
  expect(worstOf(trend(good, bad, thin))).toBe(bad)
})

test('a lowest point that may be chance is not pointed at', () => {
  expect(worstOf(trend(good, point('2026-03-04', 8, 2, 0.49, 0.943)))).toBeNull()
})
