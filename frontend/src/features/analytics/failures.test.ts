import { expect, test } from 'vitest'
import { causeOf } from './failures'

const verdict = { category: 'service', confidence: 'high', p: {}, points: {}, runner_up: 'data' } as const
const rule = (id: string, points: Record<string, number>) => ({ id, points, evidence: ['E1'], says: `it says ${id}` })

test('a cause is told with what speaks for it most', () => {
  const rules = [rule('a', { data: 3 }), rule('b', { service: 2 }), rule('c', { service: 1 })]
  expect(causeOf({ verdict, rules })).toEqual({ name: 'Service', says: 'it says b', isSure: true })
  expect(causeOf({ verdict: { ...verdict, confidence: 'inconclusive' }, rules })?.name).toBe('Service or data')
  expect(causeOf({ verdict, rules: [] })).toBeNull()
})
