import { expect, test } from 'vitest'
import { flowAround } from './example'

test('a drafted step becomes a flow of one step', () => {
  expect(flowAround('- id: get_orders\n  action: http_request\n', 'GET /orders')).toBe('flow:\n  name: "GET /orders"\n\n  steps:\n    - id: get_orders\n      action: http_request\n')
})
