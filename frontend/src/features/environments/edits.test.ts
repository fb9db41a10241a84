import { expect, test } from 'vitest'
import type { Environment } from './api/types'
import { changesOf, compared, editsOf, type Edits } from './edits'

const SET = '2026-01-01T00:00:00Z'
const staging: Environment = {
  name: 'staging', worker_group: null, description: 'd', revision: 'r', tag: 't', updated_at: SET, updated_by: 'anna',
  variables: { URL: 'http://x', LIMIT: 5, FLAG: true, LIST: [1] }, secrets: [{ name: 'TOKEN', version: 1, updated_at: SET }],
}

function edited(change: (edits: Edits) => void): ReturnType<typeof changesOf> {
  const edits = editsOf(staging)
  change(edits)
  return changesOf(staging, edits)
}

test('what nobody touched is not sent', () => {
  expect(edited(() => undefined)).toEqual({ body: { variables: {}, secrets: {} }, wrong: new Map(), isDirty: false })
})

test('changed, added and removed variables are sent with their kind', () => {
  const { body, isDirty } = edited((edits) => {
    edits.variables = edits.variables.filter((row) => row.name !== 'FLAG').map((row) => (row.name === 'LIMIT' ? { ...row, text: '7' } : row))
    edits.variables.push({ key: 'new', name: 'NEW', kind: 'json', text: '{"a": 1}' })
  })
  expect(body.variables).toEqual({ LIMIT: 7, FLAG: null, NEW: { a: 1 } })
  expect(isDirty).toBe(true)
})

test('a value that is not of its kind is told at its row', () => {
  const { wrong } = edited((edits) => {
    edits.variables.push({ key: 'a', name: 'A', kind: 'number', text: 'x' }, { key: 'b', name: 'URL', kind: 'text', text: '' }, { key: 'c', name: '1', kind: 'text', text: '' })
  })
  expect([...wrong.keys()]).toEqual(['a', 'b', 'c'])
})

test('a secret is replaced, deleted or set, and never read', () => {
  expect(edited((edits) => (edits.secrets = [{ key: 'TOKEN', name: 'TOKEN', isSet: true, value: 'n3w-value', isDeleted: false }])).body.secrets).toEqual({ TOKEN: 'n3w-value' })
  expect(edited((edits) => (edits.secrets = [{ key: 'TOKEN', name: 'TOKEN', isSet: true, value: '', isDeleted: true }])).body.secrets).toEqual({ TOKEN: null })
  expect(edited((edits) => edits.secrets.push({ key: 'n', name: 'NEW', isSet: false, value: '', isDeleted: false })).wrong.get('n')).toContain('needs its value')
})

test('two environments are compared name by name, and no secret is called the same', () => {
  const other: Environment = { ...staging, variables: { URL: 'http://y', LIMIT: 5, EXTRA: null }, secrets: [{ name: 'FLAG', version: 9, updated_at: SET }, { name: 'TOKEN', version: 2, updated_at: SET }] }
  expect(compared(staging, other).map((row) => [row.name, row.one.kind, row.other.kind, row.differs])).toEqual([
    ['EXTRA', 'missing', 'value', true], ['FLAG', 'value', 'secret', true], ['LIMIT', 'value', 'value', false],
    ['LIST', 'value', 'missing', true], ['TOKEN', 'secret', 'secret', false], ['URL', 'value', 'value', true],
  ])
})
