import { expect, test } from 'vitest'
import { apartPatterns, canMerge, patternOf, variesAtFirst } from './routes'

test('the last word of a route is what varies, unless somebody marks another', () => {
  expect(patternOf('/products/tea', variesAtFirst('/products/tea'))).toBe('/products/{}')
  expect(patternOf('/shops/{}/map', variesAtFirst('/shops/{}/map'))).toBe('/shops/{}/{}')
  expect(patternOf('/products/{}', variesAtFirst('/products/{}'))).toBe('/products/{}')
  expect(patternOf('/a/b/c', new Set([1]))).toBe('/a/{}/c')
  expect([canMerge('/a/{}'), canMerge('/{}/{}'), canMerge('/')]).toEqual([true, false, false])
})

test('all of a route is kept apart, or the addresses that are chosen', () => {
  expect(apartPatterns('/products/{}', true, new Set(['/products/tea']))).toEqual(['/products/{}'])
  expect(apartPatterns('/products/{}', false, new Set(['/products/tea', '/products/cup']))).toEqual(['/products/cup', '/products/tea'])
})
