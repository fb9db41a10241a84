import { expect, test } from 'vitest'
import { periodText, queryOf, readScope, wholeDays } from './search'

test('the address says what the numbers are about, and nonsense is left out', () => {
  expect(readScope({ flow: 'checkout', days: 7, trigger: '', since: 'soon', other: 1 })).toEqual({ flow: 'checkout', days: 7 })
  expect(readScope({ days: 30 })).toEqual({})
  expect(readScope({ days: 4000 })).toEqual({})
  expect(readScope({ since: '2026-03-01', days: 7 })).toEqual({ since: '2026-03-01' })
})

test('the API is asked for days, or from a day on', () => {
  expect(queryOf({ env: 'staging' })).toMatchObject({ environment: 'staging', days: 30 })
  expect(queryOf({ since: '2026-03-01', days: 7 }).days).toBeUndefined()
})

test('the time reads as a person would say it', () => {
  expect([periodText({}), periodText({ since: '2026-03-01' }), periodText({ since: '2026-03-01', until: '2026-03-07' })]).toEqual(['last 30 days', 'since 2026-03-01', '2026-03-01 to 2026-03-07'])
})

test('hours stand in the place of days; what is only counted by day takes the days they touch', () => {
  expect(readScope({ hours: 24, days: 7 })).toEqual({ hours: 24 })
  expect([readScope({ hours: 49 }), readScope({ hours: 24, since: '2026-03-01' })]).toEqual([{}, { since: '2026-03-01' }])
  expect([queryOf({ hours: 24 }).hours, queryOf({ hours: 24 }).days, periodText({ hours: 24 })]).toEqual([24, undefined, 'last 24 hours'])
  expect([wholeDays({ hours: 24 }, new Date('2026-03-02T10:00:00Z')).days, wholeDays({ hours: 48 }, new Date('2026-03-02T10:00:00Z')).days, wholeDays({ days: 7 }).days]).toEqual([2, 3, 7])
})
