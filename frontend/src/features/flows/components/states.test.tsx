import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import type { Problem, Recent } from '../api/types'
import { outlineOf } from '../editor/outline'
import { rateOf } from '../rate'
import { readFlowListSearch, readVersionsSearch } from '../search'
import { Outline } from './Outline'
import { ProblemList } from './ProblemList'

const problem = (line: number, severity: Problem['severity']): Problem => ({ severity, code: 'x', message: `line ${line}`, line, column: 3, path: '', suggestion: null })

test('problems are counted, and a click goes to their place', async () => {
  const open = vi.fn()
  render(<ProblemList problems={[problem(4, 'error'), problem(9, 'warning')]} refusal={null} onOpen={open} />)
  expect(screen.getByText('1 error')).toBeTruthy()
  expect(screen.getByText('1 warning')).toBeTruthy()
  await userEvent.click(screen.getByText('line 9'))
  expect(open).toHaveBeenCalledWith(problem(9, 'warning'))
})

test('a text that could not be checked is not called free of problems without saying so', () => {
  render(<ProblemList problems={[]} refusal="The server does not answer." onOpen={vi.fn()} />)
  expect(screen.getByText('Not checked: The server does not answer.')).toBeTruthy()
})

test('a step tells its worst problem and opens its line', async () => {
  const open = vi.fn()
  const steps = outlineOf('steps:\n  - id: a\n    action: log\n  - id: b\n    action: http_request\n')
  render(<Outline steps={steps} problems={[problem(5, 'warning'), problem(4, 'error'), problem(2, 'warning')]} line={3} files={[]} onOpen={open} />)
  const [a, b] = screen.getAllByRole('button')
  expect(a?.getAttribute('aria-current')).toBe('true')
  expect(a?.querySelector('[aria-label="has a warning"]')).toBeTruthy()
  expect(b?.querySelector('[aria-label="has an error"]')).toBeTruthy()
  if (b) await userEvent.click(b)
  expect(open).toHaveBeenCalledWith(4)
})

test('a rate names its sample, and there is none before a run has ended', () => {
  const recent: Recent = { flow: 'a', last: null, finished: [], passed: 0, usual_ms: null }
  const run = { id: 1, status: 'passed', environment: '', queued_at: '', started_at: null, finished_at: null, duration_ms: null }
  expect(rateOf(recent)).toBeNull()
  expect(rateOf({ ...recent, finished: [run, run, run], passed: 2 })).toEqual({ percent: '66.7 %', of: 3 })
  expect(rateOf({ ...recent, finished: [run, run], passed: 1 })).toEqual({ percent: '50 %', of: 2 })
})

test('addresses that mean nothing are read as the plain page', () => {
  expect(readFlowListSearch({ q: 5, tag: ['x'], archived: 'yes', suite: '' })).toEqual({ q: '5' })
  expect(readVersionsSearch({ from: '2', to: -1, view: 'x' })).toEqual({ from: 2 })
})
