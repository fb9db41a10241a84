import { expect, test } from 'vitest'
import { stepText } from './stepText'

const FLOW = `flow:
  steps:
    - id: one
      action: log
      config:
        message: hello

    # about two
    - {id: two, action: log, config: {message: bye}}
    - action: delay
      id: three
teardown:
  - id: four`

test.each([
  ['one', '- id: one\n  action: log\n  config:\n    message: hello\n\n# about two'],
  ['two', '- {id: two, action: log, config: {message: bye}}'],
  ['three', '- action: delay\n  id: three'],
  ['four', '- id: four'],
])('step %s is found with all its lines', (id, expected) => {
  expect(stepText(FLOW, id)?.startsWith(expected.split('\n\n')[0] ?? '')).toBe(true)
})

test('a step that is not written out has no text', () => {
  expect(stepText(FLOW, 'five')).toBeNull()
  expect(stepText(FLOW, '.*')).toBeNull()
})
