import { expect, test } from 'vitest'
import { termsOf, valuesOf, withoutTerm, withValues } from './search'

test('a search falls apart into its terms, quotes kept', () => {
  expect(termsOf('status:failed error:"timed out" -tag:smoke kettle')).toEqual(['status:failed', 'error:"timed out"', '-tag:smoke', 'kettle'])
  expect(termsOf('error:"never closed')).toEqual(['error:"never closed'])
})

test('a button writes its word, and takes it out again', () => {
  const q = withValues('flow:checkout', 'status', ['failed', 'timed_out'])
  expect(q).toBe('flow:checkout status:failed,timed_out')
  expect(valuesOf(q, 'status')).toEqual(['failed', 'timed_out'])
  expect(withValues(q, 'status', [])).toBe('flow:checkout')
  expect(withoutTerm(q, 0)).toBe('status:failed,timed_out')
})
