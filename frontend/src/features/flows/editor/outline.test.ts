import { expect, test } from 'vitest'
import { outlineOf, stepAt } from './outline'

const TEXT = `# a flow
flow:
  name: Check out
  setup:
    - id: begin
      action: log
      config:
        message: |
          - id: not a step
          steps:
  steps:
    - {id: login, action: http_request, config: {url: "http://x/{id}", json: {id: "no"}}}
    - name: No id
      action: for_each
      config:
        items: [1, 2]
        steps:
          - id: inner
            action: log
      error_steps:
        - id: mend
          action: log
  teardown:
  - id: tidy
    action: log
`

test('steps stand in their sections, those inside others further in', () => {
  expect(outlineOf(TEXT).map((one) => [one.section, one.id, one.action, one.depth, one.line])).toEqual([
    ['setup', 'begin', 'log', 0, 5],
    ['steps', 'login', 'http_request', 0, 12],
    ['steps', 'No id', 'for_each', 0, 13],
    ['steps', 'inner', 'log', 1, 18],
    ['steps', 'mend', 'log', 1, 21],
    ['teardown', 'tidy', 'log', 0, 24],
  ])
})

test('a text that is half written still has its outline', () => {
  expect(outlineOf('steps:\n  - id: a\n    action: log\n  - id: b\n    act').map((one) => one.id)).toEqual(['a', 'b'])
  expect(outlineOf('steps: [{id: a, action: log}, {id: b}]').map((one) => one.id)).toEqual(['a', 'b'])
  expect(outlineOf('')).toEqual([])
  expect(outlineOf('{{{{\n- - -\n\t: :\n"')).toEqual([])
})

test('a line belongs to the step above it', () => {
  expect(stepAt(outlineOf(TEXT), 19)?.id).toBe('inner')
  expect(stepAt(outlineOf(TEXT), 1)).toBeUndefined()
})
