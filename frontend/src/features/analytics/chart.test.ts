import { expect, test } from 'vitest'
import { bandPath, dayNumber, dayOf, dayText, dayTicks, domainOf, linePath, pointOf, scale } from './chart'

test('the axis of a share ends at all, and its lines are round', () => {
  expect(domainOf([0.835, 0.97, 1], { ceiling: 1 }).ticks).toEqual([0.8, 0.85, 0.9, 0.95, 1])
  expect(domainOf([1, 1], { ceiling: 1 }).high).toBe(1)
  expect(domainOf([0, 0.4, 1], { ceiling: 1 }).ticks.at(0)).toBe(0)
})

test('the axis of durations holds all of them', () => {
  const domain = domainOf([0, 3100, 9800])
  expect(domain.low).toBe(0)
  expect(domain.high).toBeGreaterThanOrEqual(9800)
  expect(domain.ticks.length).toBeLessThanOrEqual(7)
})

test('a day is a number and back', () => {
  expect(dayOf(dayNumber('2026-03-01') + 31)).toBe('2026-04-01')
})

test('an hour is a point of its own, and has a label', () => {
  const point = pointOf({ day: '2026-03-01', hour: 7 })
  expect([point, dayText(point), dayText(pointOf({ day: '2026-03-01', hour: null }))]).toEqual(['2026-03-01T07', '1 Mar 07:00', '1 Mar'])
  expect(dayOf(dayNumber(point) + 1 / 24)).toBe('2026-03-01T08')
  const first = dayNumber('2026-03-01T22')
  expect(dayTicks(first, first + 1, 5, true).map(dayOf)).toEqual(['2026-03-01T22', '2026-03-02T04', '2026-03-02T10', '2026-03-02T16', '2026-03-02T22'])
})

test('labels of days are evenly apart and not too many', () => {
  const first = dayNumber('2026-02-11')
  expect(dayTicks(first, first + 29, 6).map(dayOf)).toEqual(['2026-02-11', '2026-02-18', '2026-02-25', '2026-03-04', '2026-03-11'])
  expect(dayTicks(first, first, 6)).toEqual([first])
  expect(dayTicks(first, first + 364, 5).length).toBeLessThanOrEqual(5)
})

test('a line goes from spot to spot, a band there and back', () => {
  const [upper, lower] = [[{ x: 0, y: 0 }, { x: 10, y: 1 }], [{ x: 0, y: 5 }, { x: 10, y: 6 }]]
  expect(linePath(upper)).toBe('M0.0 0.0L10.0 1.0')
  expect(bandPath(upper, lower)).toBe('M0.0 0.0L10.0 1.0L10.0 6.0L0.0 5.0Z')
  expect(bandPath([], [])).toBe('')
  expect(scale(3, 3, 0, 100)(3)).toBe(50)
})
