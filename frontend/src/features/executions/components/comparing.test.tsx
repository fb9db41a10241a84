import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { type Comparison, type Divergence, type Pair, partingOf, type Told } from '../api/comparing'
import { readCompareSearch } from '../compareSearch'
import { Differences } from './CompareStep'
import { CompareSteps } from './CompareSteps'
import { SinceLastPass } from './SinceLastPass'

const RUN: Divergence['partner'] = {
  id: 48190, status: 'passed', flow: 'checkout', flow_name: 'Checkout', flow_version: 37, environment: 'staging', trigger: 'schedule', actor: 'every-15-min',
  queued_at: '2026-03-12T11:27:05Z', started_at: '2026-03-12T11:27:05Z', finished_at: '2026-03-12T11:27:09Z', duration_ms: 3800,
}
const SINCE: NonNullable<Divergence['since']> = {
  left_version: 37, right_version: 37,
  environment: { left: 'staging', right: 'staging', is_same: true, variables: 14, changes: [], is_unexplained: false },
  overrides: [], services: [{ service: 'payments', header: 'x-service-version', left: '2.18.0', right: '2.19.0' }],
  left_platform: { workers: ['w2:1'], queue_ms: 300 }, right_platform: { workers: ['w3:1'], queue_ms: 420 },
}
const DIVERGENCE: Divergence = {
  partner: RUN, first: { path: 'steps/pay', kind: 'response', sentence: 'body.state is "pending", and was "authorised".', differences: [] },
  since: SINCE, ignored: 2, not_compared: [],
}

async function inRouter(part: React.ReactNode): Promise<void> {
  const root = createRootRoute({ component: () => part })
  const router = createRouter({ routeTree: root, history: createMemoryHistory() })
  await router.load()
  render(<RouterProvider router={router as never} />)
}

test('the panel says what is the same and what changed since the last pass', async () => {
  await inRouter(<SinceLastPass executionId={48213} divergence={DIVERGENCE} />)
  const panel = await screen.findByRole('region', { name: 'Since the last pass' })
  expect(panel.textContent).toContain('Since the last pass, #48190')
  expect(panel.textContent).toContain('same version, 37')
  expect(panel.textContent).toContain('same values, 14 variables')
  expect(panel.querySelector('del')?.textContent).toBe('2.18.0')
  expect(panel.querySelector('ins')?.textContent).toBe('2.19.0')
  expect(panel.textContent).toContain('nothing to report · worker w3:1, queue 420 ms')
  expect(within(panel).getByRole('link').getAttribute('href')).toContain('/executions/48213/compare?with=48190')
})

test('of a secret the panel says that it changed, and nothing more', async () => {
  const changes = [
    { name: 'API_KEY', kind: 'secret' as const, left: null, right: null },
    { name: 'API_URL', kind: 'changed' as const, left: 'http://a', right: 'http://b' },
  ]
  const since = { ...SINCE, environment: { ...SINCE.environment, is_same: false, changes } }
  await inRouter(<SinceLastPass executionId={1} divergence={{ ...DIVERGENCE, since }} />)
  const panel = await screen.findByRole('region')
  expect(panel.textContent).toContain('API_KEY changed, a secret')
  expect(panel.textContent).toContain('API_URL "http://a" "http://b"')
})

test('the line stands where the runs part, and nowhere without a pass to compare with', () => {
  expect(partingOf(DIVERGENCE)).toEqual({ path: 'steps/pay', partner: 48190, sentence: DIVERGENCE.first?.sentence })
  expect(partingOf({ ...DIVERGENCE, first: null })).toBeUndefined()
  expect(partingOf({ ...DIVERGENCE, partner: null })).toBeUndefined()
  expect(partingOf(undefined)).toBeUndefined()
})

function pair(path: string, change: Partial<Pair> = {}): Pair {
  const side = { status: 'passed', duration_ms: 600, attempts: 1, message: null }
  return { path, id: path, action: 'http_request', left: side, right: side, is_different: false, kind: null, differences: [], more: 0, ignored: 0, not_compared: [], ...change }
}

const PAY = pair('steps/each[1]/pay', {
  right: { status: 'failed', duration_ms: 8740, attempts: 3, message: null }, is_different: true, kind: 'status', more: 2,
  differences: [{ where: 'response', path: 'body.state', kind: 'changed', left: 'authorised', right: '<b>pending</b>', is_shortened: false }],
})
const COMPARISON: Comparison = {
  left: RUN, right: { ...RUN, id: 48213, status: 'failed' }, is_last_pass: true, since: SINCE,
  steps: [pair('steps/login'), PAY, pair('steps/mail', { right: null, is_different: true, kind: 'only_left' })],
}

test('only steps that differ are shown, until all are asked for', async () => {
  const open = vi.fn()
  const { rerender, container } = render(<CompareSteps comparison={COMPARISON} isAll={false} openPath={undefined} onOpen={open} />)
  expect([...container.querySelectorAll('[data-compared]')].map((row) => row.getAttribute('data-compared'))).toEqual(['steps/each[1]/pay', 'steps/mail'])
  const pay = container.querySelector('[data-compared="steps/each[1]/pay"]')
  expect(pay?.textContent).toContain('1 → 3 attempts')
  expect(pay?.textContent).toContain('body.state "authorised" "<b>pending</b>"')
  expect(pay?.textContent).toContain('+8.14 s')
  expect(pay?.textContent).toContain('and 2 more')
  expect(container.querySelector('b')).toBeNull()
  expect(container.querySelector('[data-compared="steps/mail"]')?.textContent).toContain('not reached')
  await userEvent.click(screen.getByRole('button', { name: 'each[1]/pay' }))
  expect(open).toHaveBeenCalledWith('steps/each[1]/pay')
  rerender(<CompareSteps comparison={COMPARISON} isAll openPath={undefined} onOpen={open} />)
  expect(container.querySelectorAll('[data-compared]').length).toBe(3)
})

test('an assertion that saw the same and came to something else says so', () => {
  const limit = { where: 'assertion' as const, path: 'body.price < LIMIT', kind: 'changed' as const, left: 59, right: 59, is_shortened: false }
  const steps = [pair('steps/look', { is_different: true, kind: 'status', differences: [limit] })]
  const { container } = render(<CompareSteps comparison={{ ...COMPARISON, steps }} isAll={false} openPath={undefined} onOpen={vi.fn()} />)
  expect(container.textContent).toContain('body.price < LIMIT 59 in both, another verdict')
})

test('what differs is told by path, and what is ignored or left out is said', () => {
  const told: Told = {
    differences: [
      { path: 'body.note', kind: 'added', left: null, right: '‹secret:KEY›', is_shortened: false },
      { path: 'body.old', kind: 'removed', left: null, right: null, is_shortened: false },
    ],
    more: 1200, ignored: [{ path: 'body.id', reason: 'id' }], more_ignored: 0, not_compared: 'From body.rows[9] on: there is too much to compare.',
  }
  const { container } = render(<Differences told={told} left={1} right={2} />)
  expect(container.querySelector('[data-difference="body.note"]')?.textContent).toContain('not there"$KEY"')
  expect(container.querySelector('[data-difference="body.old"]')?.textContent).toContain('is gone')
  expect(container.textContent).toContain('1,200 more differences')
  expect(container.textContent).toContain('From body.rows[9] on')
  expect(container.textContent).toContain('1 ignored')
})

test('the address says what is compared; nonsense in it is left out', () => {
  expect(readCompareSearch({ with: '48190', step: 'steps/pay', part: 'request', all: 'true' })).toEqual({ with: 48190, step: 'steps/pay', part: 'request', all: true })
  expect(readCompareSearch({ with: 'x', part: 'everything', step: 7, all: 'no' })).toEqual({})
})
