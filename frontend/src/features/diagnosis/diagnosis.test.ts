import { expect, test } from 'vitest'
import type { Diagnosis, Evidence } from './api'
import { causesOf, verdictWords } from './causes'
import { chipText, placeOf } from './places'

const item = (type: string, data: Evidence['data']): Evidence => ({ id: 'E1', type, fact: 'a fact', data, untrusted: false, place: null })

function diagnosis(rules: Diagnosis['rules'], confidence = 'high'): Diagnosis {
  const p = { service: 0.9, environment: 0.05, data: 0.03, timing: 0.02 }
  return { rules, verdict: { category: 'service', confidence, p, points: {}, runner_up: 'timing' } } as unknown as Diagnosis
}

test('an assertion leads to the value it looked at, or where it names none, to the assertions', () => {
  expect(placeOf(item('assertion', { sources: ['WANTED', "body['a'].b"] }))).toEqual({ kind: 'step', tab: 'response', at: '$["a"].b' })
  expect(placeOf(item('assertion', { sources: ['status'] }))).toEqual({ kind: 'step', tab: 'assertions' })
})

test('what changed leads to the comparison with the last pass', () => {
  expect(placeOf(item('change', { since: 7 }))).toEqual({ kind: 'compare', with: 7 })
  expect(placeOf(item('change', {}))).toBeNull()
})

test('evidence of a kind nobody knows yet still has a chip', () => {
  expect(chipText(item('moon_phase', {}))).toBe('moon phase')
  expect(placeOf(item('moon_phase', {}))).toBeNull()
})

test('a run beside this one and a request like all before have words of their own', () => {
  expect(chipText(item('fleet', { runs_beside: 1 }))).toBe('another run')
  expect(chipText(item('fleet', { flows: 4 }))).toBe('4 flows')
  expect(chipText(item('input', { differences: [] }))).toBe('same request')
})

test('there are always four causes; those without evidence say no share', () => {
  const causes = causesOf(diagnosis([{ id: 'http_503', points: { service: 3, timing: 0.5 }, evidence: ['E1'], says: 'the target answered 503' }]))
  expect(causes.map((one) => [one.category, one.percent])).toEqual([
    ['service', 90],
    ['timing', 2],
    ['environment', null],
    ['data', null],
  ])
  expect(causes[0]?.evidence).toEqual(['E1'])
})

test('what the rules do not settle is not called likely', () => {
  const rule = { id: 'x', points: { service: 1 }, evidence: [], says: 'x' }
  expect(verdictWords(diagnosis([rule], 'inconclusive'))).toBe('inconclusive: service or timing')
  expect(verdictWords(diagnosis([]))).toBe('no rule speaks for a cause')
})
