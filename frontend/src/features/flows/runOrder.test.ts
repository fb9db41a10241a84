import { expect, test } from 'vitest'
import type { Environment } from './api/types'
import { parseDuration, secondsText } from './durations'
import { labelsOf, rowsOf, typedValue, variablesOf } from './runOrder'

const environment: Environment = {
  name: 'staging', worker_group: null, description: '', revision: 'r', tag: 't', updated_at: '2026-01-01T00:00:00Z', updated_by: '',
  variables: { API_URL: 'http://staging', LIMIT: 5 }, secrets: [{ name: 'TOKEN', version: 1, updated_at: '2026-01-01T00:00:00Z' }],
}

test('an environment wins over the flow, and a secret has no value to show', () => {
  const rows = rowsOf({ env: { API_URL: 'http://local', FLAG: true } }, environment)
  expect(rows.map((row) => [row.name, row.before?.from, row.before?.value])).toEqual([
    ['API_URL', 'environment', 'http://staging'], ['FLAG', 'flow', true], ['LIMIT', 'environment', 5], ['TOKEN', 'secret', null],
  ])
})

test('what is typed takes the kind of what it replaces', () => {
  const before = (value: unknown) => ({ value, from: 'flow' as const })
  expect(typedValue({ name: 'N', text: '7', before: before(5) })).toBe(7)
  expect(typedValue({ name: 'F', text: 'False', before: before(true) })).toBe(false)
  expect(typedValue({ name: 'L', text: '[1]', before: before([]) })).toEqual([1])
  expect(typedValue({ name: 'T', text: '7', before: before('x') })).toBe('7')
  expect(typedValue({ name: 'NEW', text: '7', before: null })).toBe('7')
  expect(typedValue({ name: 'NEW', text: '=7', before: null })).toBe(7)
})

test('what is wrong is said by name, and what is left empty is not sent', () => {
  const rows = rowsOf({ env: { N: 5, T: 'x' } }, undefined).map((row) => (row.name === 'N' ? { ...row, text: 'seven' } : row))
  const found = variablesOf([...rows, { name: '1x', text: 'a', before: null, isOwn: true }])
  expect(found.values).toEqual({})
  expect([...found.wrong.keys()]).toEqual(['N', '1x'])
})

test('labels and durations are read as people write them', () => {
  expect(labelsOf('commit=4f2a1c9, branch=a=b')).toEqual({ commit: '4f2a1c9', branch: 'a=b' })
  expect(labelsOf('commit')).toBeNull()
  expect([parseDuration('1m30s'), parseDuration('1.5h'), parseDuration('90'), parseDuration('300ms'), parseDuration('2 weeks'), parseDuration('0')]).toEqual([90, 5400, 90, 0.3, null, null])
  expect([secondsText(90), secondsText(0.3), secondsText(3600)]).toEqual(['1m30s', '300ms', '1h'])
})
