import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { choicesAt, meaningAt, type Vocabulary } from './completion'
import type { Schema } from './schema'

const schema = JSON.parse(readFileSync('../flows/language/flow.schema.json', 'utf8')) as Schema
const known: Vocabulary = { schema, builtins: ['RANDOM_ID'], functions: ['len'], environment: ['API_URL'] }

/** What is offered at the `|` of a text. */
function offered(text: string): string[] {
  const [before = ''] = text.split('|')
  const lines = before.split('\n')
  return choicesAt(text.replace('|', ''), lines.length - 1, lines.at(-1)?.length ?? 0, known).choices.map((one) => one.label)
}

function meaning(text: string): string {
  const [before = ''] = text.split('|')
  const lines = before.split('\n')
  return meaningAt(text.replace('|', ''), lines.length - 1, lines.at(-1)?.length ?? 0, schema)
}

test('an empty text begins with a flow', () => {
  expect(offered('|')).toContain('flow')
})

test('keys of the flow are offered, those it has are not', () => {
  const found = offered('flow:\n  name: x\n  te|')
  expect(found).toEqual(expect.arrayContaining(['teardown', 'tags', 'steps']))
  expect(found).not.toContain('name')
})

test('keys of a step are offered on its first line and below it', () => {
  expect(offered('flow:\n  steps:\n    - |')).toContain('action')
  const found = offered('flow:\n  steps:\n    - id: a\n      ass|\n      action: log')
  expect(found).toContain('assert')
  expect(found).not.toContain('action')
  expect(found).not.toContain('id')
})

test('a list that stands as far out as its key is read as well', () => {
  expect(offered('steps:\n- id: a\n  ac|')).toContain('action')
})

test('actions are offered as values', () => {
  expect(offered('flow:\n  steps:\n    - action: ht|')).toEqual(expect.arrayContaining(['http_request', 'kafka_consumer']))
})

test('the config of a step is that of its action, whichever stands first', () => {
  expect(offered('steps:\n  - action: http_request\n    config:\n      m|')).toEqual(expect.arrayContaining(['method', 'url', 'headers']))
  expect(offered('steps:\n  - config:\n      |\n    action: redis_get')).toContain('key')
  expect(offered('steps:\n  - action: redis_get\n    config:\n      |')).not.toContain('method')
})

test('braces on one line are read like lines', () => {
  expect(offered('steps:\n  - {id: a, action: http_request, config: {met|')).toContain('method')
  expect(offered('steps:\n  - {id: a, ac|}')).toContain('action')
  expect(offered('steps:\n  - action: http_request\n    config: {method: GET, u|}')).toContain('url')
  expect(offered('steps:\n  - action: http_request\n    config: {method: GET, u|}')).not.toContain('method')
})

test('steps inside others are steps', () => {
  const text = 'steps:\n  - action: log\n    error_steps:\n      - action: log\n        co|'
  expect(offered(text)).toContain('config')
})

test('values of enums and flags are offered', () => {
  expect(offered('steps:\n  - action: log\n    retry: {backoff: |')).toEqual(['exponential', 'linear', 'constant'])
  expect(offered('steps:\n  - action: log\n    on_error: |')).toEqual(expect.arrayContaining(['fail', 'continue']))
  expect(offered('steps:\n  - action: log\n    disabled: t|')).toEqual(expect.arrayContaining(['true', 'false']))
})

test('inside a template are the names of the flow, the environment and the language', () => {
  const text = 'flow:\n  env: {SHOP: x}\n  steps:\n    - id: first\n      action: log\n      output:\n        order_id: $.id\n    - action: log\n      config: {message: "${or|'
  expect(offered(text)).toEqual(expect.arrayContaining(['SHOP', 'first', 'order_id', 'API_URL', 'RANDOM_ID', 'len']))
})

test('an assertion may say the same names, a block of text offers nothing wrong', () => {
  expect(offered('steps:\n  - id: a\n    action: log\n    assert:\n      - len|')).toContain('len')
  expect(offered('steps:\n  - action: log\n    config:\n      message: |hello')).toEqual([])
})

test('a key and an action are explained', () => {
  expect(meaning('flow:\n  steps:\n    - action: log\n      ass|ert: []')).toBe('expressions that must all hold')
  expect(meaning('flow:\n  steps:\n    - action: http_re|quest')).not.toBe('')
  expect(meaning('flow:\n  na|me: x')).toBe('the name of the flow')
  expect(meaning('flow:\n  nonsen|se: x')).toBe('')
})

test('a long text is answered at once', () => {
  const steps = Array.from({ length: 1000 }, (_, n) => `  - id: s${n}\n    action: log\n    config: {message: x}\n    assert:\n      - a == 1`)
  expect(offered(`steps:\n${steps.join('\n')}\n    ret|`)).toContain('retry')
})
