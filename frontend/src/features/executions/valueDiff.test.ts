import { expect, test } from 'vitest'
import { parseExact } from '@/lib/exactJson'
import { differences } from './valueDiff'

test('only what differs is told, each with its path', () => {
  const before = { status: 503, body: { items: [1, 2], 'a b': 1, same: { deep: true } } }
  const after = { status: 201, body: { items: [1, 3, 4], 'a b': 2, same: { deep: true } } }
  expect(differences(before, after)).toEqual([
    { path: '$.status', before: 503, after: 201 },
    { path: '$.body.items[1]', before: 2, after: 3 },
    { path: '$.body.items[2]', before: undefined, after: 4 },
    { path: '$.body["a b"]', before: 1, after: 2 },
  ])
})

test('another kind of value is a difference, and so is null against missing', () => {
  expect(differences({ a: [1] }, { a: { 0: 1 } })).toHaveLength(1)
  expect(differences({ a: null }, {})).toEqual([{ path: '$.a', before: null, after: undefined }])
})

test('equal numbers written the same are equal, and names of the prototype are names', () => {
  expect(differences(parseExact('{"p": 0.10}'), parseExact('{"p": 0.10}'))).toEqual([])
  expect(differences(parseExact('{"__proto__": 1}'), parseExact('{"__proto__": 2}'))).toHaveLength(1)
})

test('it stops long before a page would', () => {
  const many = (of: number): number[] => Array.from({ length: 50_000 }, (_, index) => index * of)
  expect(differences(many(1), many(2)).length).toBeLessThanOrEqual(200)
})
