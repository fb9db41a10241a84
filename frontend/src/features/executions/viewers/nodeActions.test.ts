import { expect, test } from 'vitest'
import { jsonLines } from '@/ui/jsonLines'
import { nodeActions } from './nodeActions'

const LINES = jsonLines({ payment: { state: 'pending', 'paid at': null }, items: [1, 2], token: '‹secret:token›' })

function copied(path: string, label: string, root = 'body'): string | undefined {
  const index = LINES.findIndex((line) => line.path === path)
  return nodeActions(LINES, index, root).find((one) => one.label === label)?.text()
}

test.each([
  ['$.payment.state', 'Copy path', 'body.payment.state'],
  ['$.payment["paid at"]', 'Copy path', 'body.payment["paid at"]'],
  ['$.payment.state', 'Copy an assertion', 'body.payment.state == "pending"'],
  ['$.payment["paid at"]', 'Copy an assertion', 'body.payment["paid at"] is null'],
  ['$.items', 'Copy an assertion', 'body.items is array'],
  ['$.token', 'Copy an assertion', 'body.token exists'],
  ['$.payment.state', 'Copy an extraction', 'state: $.payment.state'],
  ['$.items', 'Copy value', '[\n  1,\n  2\n]'],
  ['$.items[1]', 'Copy value', '2'],
])('%s: %s', (path, label, expected) => {
  expect(copied(path, label)).toBe(expected)
})

test('a value that is no body has its own name in paths', () => {
  expect(copied('$.payment.state', 'Copy path', 'json')).toBe('json.payment.state')
  expect(copied('$.payment.state', 'Copy JSONPath', 'json')).toBe('$.json.payment.state')
  expect(copied('$.payment.state', 'Copy path', '')).toBe('payment.state')
})
