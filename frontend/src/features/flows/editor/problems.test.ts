import { expect, test } from 'vitest'
import type { Problem } from '../api/types'
import { fixOf, placed, problemText } from './problems'

const problem = (line: number, column: number, more: Partial<Problem> = {}): Problem => ({
  severity: 'error', code: 'unknown_key', message: 'Steps have no key asert.', line, column, path: '', suggestion: 'assert', ...more,
})

test('a problem stands under the word it is about', () => {
  const text = 'steps:\n  - asert: []\n'
  const [one] = placed([problem(2, 5)], text)
  expect(one && text.slice(one.from, one.to)).toBe('asert')
})

test('characters beyond 16 bits are counted as the server counts them', () => {
  const text = 'a: "😀😀" # x'
  const [one] = placed([problem(1, 9)], text)
  expect(one && text.slice(one.from, one.to)).toBe('# x')
})

test('a place that the text no longer has is its end', () => {
  for (const one of placed([problem(99, 99), problem(1, 50), problem(2, 1)], 'a: 1\n')) {
    expect(one.from).toBeLessThanOrEqual(5)
    expect(one.to).toBeGreaterThanOrEqual(one.from)
  }
  expect(placed([problem(1, 1)], '')).toEqual([{ from: 0, to: 0, problem: problem(1, 1) }])
})

test('a suggestion replaces the word alone, quotes stay', () => {
  const text = '- "asert": []'
  const [one] = placed([problem(1, 3)], text)
  const fix = one && fixOf(one, text)
  expect(fix && text.slice(0, fix.from) + fix.insert + text.slice(fix.to)).toBe('- "assert": []')
  const [sentence] = placed([problem(1, 1)], '{{{')
  expect(sentence && fixOf(sentence, '{{{')).toBeNull()
})

test('the nearest is named once', () => {
  expect(problemText(problem(1, 1))).toBe('Steps have no key asert. The nearest is assert.')
  expect(problemText(problem(1, 1, { message: 'Say assert.' }))).toBe('Say assert.')
  expect(problemText(problem(1, 1, { suggestion: null }))).toBe('Steps have no key asert.')
})
