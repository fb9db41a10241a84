import { expect, test } from 'vitest'
import { curlOf, sampleBody } from './sample'

test('a sample has a value wherever a plain path looks', () => {
  expect(sampleBody({ ORDER: 'body.order.id', TOTAL: '$.order.total', EVENT: 'body.event' })).toEqual({ order: { id: '<ORDER>', total: '<TOTAL>' }, event: '<EVENT>' })
  expect(sampleBody({ FIRST: 'body.items[0].id', ALL: '$..id', X: 'len(body)' })).toEqual({})
  expect(sampleBody({ A: 'body.a', B: 'body.a.b' })).toEqual({ a: { b: '<B>' } })
})

test('a command survives the shell', () => {
  expect(curlOf('https://x.test/hooks/swh_1', { NAME: 'body.name' })).toBe(
    `curl -X POST 'https://x.test/hooks/swh_1' -H 'Content-Type: application/json' -d '{"name":"<NAME>"}'`,
  )
  expect(curlOf('$HOOK_URL', {})).toBe(`curl -X POST "$HOOK_URL" -H 'Content-Type: application/json' -d '{}'`)
  expect(curlOf(`https://x.test/it's`, {})).toContain(`'https://x.test/it'\\''s'`)
})
