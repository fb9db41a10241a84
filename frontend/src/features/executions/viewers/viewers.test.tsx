import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { Attempt } from '../api/types'
import { commandOf } from './command'
import { viewerOf } from './viewerOf'

const ATTEMPT: Attempt = {
  number: 1, status: 'passed', started_at: '2026-01-01T00:00:00Z', finished_at: null, queue_ms: 0, duration_ms: 1, timing: null, failure: null,
  condition: null, assertions: [], captured: [], reads: [], draws: null, request: null, response: null, request_size: 0, response_size: 0,
  is_cut: false, is_partial: false, late_results: [], shortened: [],
}

const SIDE = { wrong: [], at: undefined, onPick: undefined, mode: 'pretty', isShort: false, isWhole: false, source: { execution: 1, path: 'steps/one', part: 'response' } } as const

const ACTIONS = ['http_request', 'database_query', 'redis_get', 'redis_set', 'kafka_producer', 'kafka_consumer', 'grpc_call', 'log', '__proto__', 'constructor']

const HOSTILE: unknown[] = [
  null, 0, '', '<b>x</b>', [], {}, [[]], { body: null, headers: null, rows: [null, 1, 'x', []], columns: [null], messages: [null, 7] },
  { headers: { '<script>': ['</script>', null, 1] }, status: {}, connection: [], value: { a: {} }, responses: [null, null], near_misses: ['x'] },
  { method: { toString: null }, url: ['x'], query: 3, params: { a: null }, command: null, server: 1 },
]

function show(action: string, side: 'request' | 'response', recorded: unknown): string {
  const viewer = viewerOf(action)
  const attempt = { ...ATTEMPT, [side]: recorded }
  const View = side === 'request' ? viewer.Request : viewer.Response
  expect(typeof viewer[side === 'request' ? 'requestTitle' : 'responseTitle'](attempt)).toBe('string')
  const { container, unmount } = render(<View attempt={attempt} {...SIDE} />)
  expect(container.querySelector('script, b')).toBeNull()
  const text = container.textContent
  unmount()
  return text
}

test.each(ACTIONS)('%s draws whatever was recorded, however odd', (action) => {
  for (const recorded of HOSTILE) {
    show(action, 'request', recorded)
    show(action, 'response', recorded)
  }
})

test('rows tell NULL from the text "null"', () => {
  const recorded = { columns: ['a', 'b'], rows: [{ a: null, b: 'null' }] }
  const { Response } = viewerOf('database_query')
  render(<Response attempt={{ ...ATTEMPT, response: recorded }} {...SIDE} />)
  expect(screen.getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['NULL', 'null'])
})

test('of five thousand messages only those in sight are drawn', () => {
  const messages = Array.from({ length: 5000 }, (_, offset) => ({ partition: 0, offset, key: 'k', value: `v${offset}` }))
  const { Response } = viewerOf('kafka_consumer')
  render(<Response attempt={{ ...ATTEMPT, response: { messages } }} {...SIDE} />)
  expect(screen.getAllByRole('row').length).toBeLessThan(200)
  expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('5001')
})

test('messages are filtered by what their cells say, and keep their numbers', async () => {
  const messages = Array.from({ length: 50 }, (_, offset) => ({ partition: 0, offset, key: `key-${offset}`, value: offset === 33 ? 'the needle' : 'hay' }))
  const { Response } = viewerOf('kafka_consumer')
  render(<Response attempt={{ ...ATTEMPT, response: { messages } }} {...SIDE} />)
  await userEvent.type(screen.getByLabelText('Filter: Messages'), 'NEEDLE')
  await waitFor(() => expect(screen.getByText('1 of 50 rows')).toBeTruthy())
  const [, row] = screen.getAllByRole('row')
  await userEvent.click(row as HTMLElement)
  expect(screen.getAllByText('the needle').length).toBe(2)
})

test('a message that was nearly meant says why it was not, before all else', () => {
  const miss = {
    partition: 0, offset: 7, timestamp: null, key: 'k', headers: { type: 'b' }, text: 'the text of it',
    predicate: 'match.headers.type', expression: null, actual: 'b', expected: 'a', message: "headers.type is 'b', expected 'a'",
  }
  const { Response } = viewerOf('kafka_consumer')
  render(<Response attempt={{ ...ATTEMPT, response: { messages: [], near_misses: [miss] } }} {...SIDE} />)
  expect(screen.getAllByRole('columnheader').map((one) => one.textContent).join(' ')).toContain('offset key message')
  expect(screen.getAllByText("headers.type is 'b', expected 'a'").length).toBeGreaterThan(0)
  expect(screen.getByText('match.headers.type')).toBeTruthy()
  expect(screen.getAllByText('the text of it').length).toBe(2)
})

test('a command quotes what a shell would read, and names secrets instead of holding them', () => {
  const request = {
    method: 'POST',
    url: "http://h/?a='; rm -rf / #",
    headers: { Authorization: 'Bearer ‹secret:token›', 'Content-Length': '3' },
    body: { note: `it's "$(whoami)" \`id\`` },
  }
  const command = commandOf('http_request', { ...ATTEMPT, request })
  expect(command?.text).toContain(`'http://h/?a='\\''; rm -rf / #'`)
  expect(command?.text).toContain(`'Authorization: Bearer '"$TOKEN"''`)
  expect(command?.text).not.toContain('Content-Length')
  expect(command?.text).toContain(`'{"note":"it'\\''s`)
})
