import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import type { Snapshot, StepRun } from '../api/types'
import { useFolds } from '../hooks/useFolds'
import { timelineOf } from '../timeline'
import { Timeline } from './Timeline'

afterEach(() => vi.unstubAllGlobals())

function run(path: string, status: string, more: Partial<StepRun> = {}): StepRun {
  const id = path.split('/').at(-1) ?? ''
  return {
    path, id, action: 'log', section: 'steps', position: 1, parent: null, status, started_at: '2026-01-01T00:00:00Z', finished_at: '2026-01-01T00:00:01Z',
    duration_ms: 1000, due_at: null, skip_reason: null, failure: null, message: null, recovered: false, soft: false, may_have_taken_effect: false, attempts: 1,
    index: null, turns: null, ...more,
  }
}

const turn = (number: number, status = 'passed'): StepRun => run(`steps/each[${number}]/x`, status, { parent: 'steps/each', index: number })
const LOOP = run('steps/each', 'failed', { action: 'for_each', turns: { total: 100, started: 100, running: 0, failed: 2 } })
const SNAPSHOT = {
  execution: { id: 7, status: 'failed', phase: 'steps', started_at: '2026-01-01T00:00:00Z', queued_at: '2026-01-01T00:00:00Z', finished_at: '2026-01-01T00:00:09Z' },
  steps: [LOOP, turn(0), turn(80, 'failed'), turn(81, 'failed')],
  event_number: 1,
  is_whole: false,
} as unknown as Snapshot

function Page() {
  const { whole, folds } = useFolds(SNAPSHOT)
  const nothing = (): void => undefined
  return (
    <Timeline timeline={timelineOf(whole, [], [], 0)} openPath={undefined} isRunning={false} isFollowing={false} usualRuns={0} onOpen={nothing} onScrollAway={nothing} onFollow={nothing} parting={undefined} folds={folds} />
  )
}

const shown = (): (string | null)[] => [...document.querySelectorAll('[data-step]')].map((row) => row.getAttribute('data-step'))

test('a loop that is too long for the snapshot opens with its failures, and the rest is read as it is asked for', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address)
    const page = address.includes('cursor=51') ? { items: [turn(2), turn(3)], next: null } : { items: [turn(0), turn(1)], next: '51' }
    return Promise.resolve(new Response(JSON.stringify(page)))
  })
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Page />
    </QueryClientProvider>,
  )
  const failed = ['steps/each[80]/x', 'steps/each[81]/x']
  expect(shown()).toEqual(['steps/each', ...failed])
  const toggle = screen.getByRole('button', { name: /100 turns, 2 failed/ })
  expect(toggle.getAttribute('aria-expanded')).toBe('false')

  await userEvent.click(toggle)
  expect(toggle.getAttribute('aria-expanded')).toBe('true')
  expect(shown()).toEqual(['steps/each', ...failed])
  expect(asked).toEqual([])

  await userEvent.click(screen.getByRole('button', { name: 'Show all 100 turns' }))
  await waitFor(() => expect(shown()).toEqual(['steps/each', 'steps/each[0]/x', 'steps/each[1]/x', ...failed]))
  await userEvent.click(screen.getByRole('button', { name: 'Show more of 100 turns' }))
  await waitFor(() => expect(shown()).toEqual(['steps/each', ...[0, 1, 2, 3].map((number) => `steps/each[${number}]/x`), ...failed]))
  expect(asked.map((address) => new URL(address, 'http://x').searchParams.get('cursor'))).toEqual([null, '51'])
  expect(screen.queryByRole('button', { name: /Show/ })).toBeNull()

  await userEvent.click(toggle)
  expect(shown()).toEqual(['steps/each', ...failed])
})
