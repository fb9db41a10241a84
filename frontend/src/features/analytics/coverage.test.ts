import { expect, test } from 'vitest'
import { byService, chipsOf, countsText, operationText } from './coverage'

const call = { protocol: 'http', service: 'shop:80', operation: 'GET', route: '/orders/{}', n: 3, answered: 3, passed: 3, asserted: 3, statuses: [200], flows: ['checkout'], last_day: '2026-03-01', q: '' }

test('statuses say whether they are seen, missing or undocumented', () => {
  const chips = chipsOf('http', { statuses_seen: [201, 503], statuses_missing: ['409'], statuses_undocumented: [503] })
  expect(chips.map((one) => `${one.text} ${one.kind}`)).toEqual(['201 seen', '409 missing', '503 undocumented'])
  expect(chipsOf('grpc', { statuses_seen: [0, 5], statuses_missing: [], statuses_undocumented: [] }).map((one) => one.text)).toEqual(['OK', 'NOT_FOUND'])
})

test('operations read as their protocol has them', () => {
  expect(operationText('http', 'GET', '/orders/{id}')).toBe('GET /orders/{id}')
  expect(operationText('grpc', 'warehouse.Stock', 'Levels')).toBe('warehouse.Stock/Levels')
  expect(operationText('kafka', 'CONSUME', 'orders.paid')).toBe('CONSUME orders.paid')
})

test('covered, called and only written are three counts', () => {
  expect(countsText({ declared: 4, covered: 1, exercised: 2, defined: 1, responses_declared: 9, responses_seen: 3 })).toBe('1 of 4 operations covered · 2 called · 1 only in flows · 3 of 9 declared answers seen')
})

test('what no document describes is gathered by service', () => {
  const tree = byService([call, { ...call, operation: 'POST' }, { ...call, protocol: 'redis', service: 'cache' }])
  expect(tree.map((one) => [one.service, one.calls.length])).toEqual([['shop:80', 2], ['cache', 1]])
})
