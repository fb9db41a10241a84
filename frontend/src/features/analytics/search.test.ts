import { expect, test } from 'vitest'
import { periodText, queryOf, readScope } from './search'

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
