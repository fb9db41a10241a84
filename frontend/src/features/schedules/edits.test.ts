import { expect, test } from 'vitest'
import type { Slot } from './api/types'
import { editsOf, intervalOf, orderOf, timesOf } from './edits'
import { runTimeText, slotCountText, slotLook } from './words'

const fresh = { ...editsOf(undefined, 'Europe/Berlin'), name: 'nightly', flow: 'checkout', cron: '30 2 * * *' }

test('an interval is told in the largest unit that holds it whole', () => {
  expect([10, 900, 5400, 7200, 172_800].map(intervalOf)).toEqual([
    { every: '10', unit: 'seconds' }, { every: '15', unit: 'minutes' }, { every: '90', unit: 'minutes' },
    { every: '2', unit: 'hours' }, { every: '2', unit: 'days' },
  ])
})

test('a cron line is sent with its zone, an interval alone', () => {
  expect(timesOf(fresh)).toEqual({ cron: '30 2 * * *', timezone: 'Europe/Berlin' })
  expect(timesOf({ ...fresh, isCron: false, every: '2', unit: 'hours' })).toEqual({ interval_seconds: 7200 })
  expect(timesOf({ ...fresh, cron: ' ' })).toBeNull()
  expect(orderOf({ ...fresh, isCron: false }).body).not.toHaveProperty('cron')
  expect(orderOf(fresh).body).not.toHaveProperty('interval_seconds')
})

test('variables are text, or JSON after =', () => {
  const order = orderOf({ ...fresh, variables: [{ key: 'a', name: 'LIMIT', text: '7' }, { key: 'b', name: 'LIST', text: '=[1]' }] })
  expect(order.wrong.size).toBe(0)
  expect(order.body).toMatchObject({ text_variables: { LIMIT: '7' }, variables: { LIST: [1] } })
})

test('what is wrong is told at its place', () => {
  const rows = [{ key: 'a', name: '1', text: '' }, { key: 'b', name: 'X', text: '' }, { key: 'c', name: 'X', text: '' }, { key: 'd', name: 'Y', text: '=[' }]
  const { wrong } = orderOf({ ...fresh, jitter: 'x', catchUp: '', isCron: false, every: '1.5', variables: rows })
  expect([...wrong.keys()].sort()).toEqual(['a', 'c', 'catchUp', 'd', 'every', 'jitter'])
})

test('a run to come is told as the clocks of its zone show it', () => {
  expect(runTimeText({ at: '2026-03-30T00:30:00Z', local: '2026-03-30T02:30:00+02:00', note: null })).toBe('Mon 30 Mar, 02:30:00')
})

test('a slot looks as its execution does, or says what became of it', () => {
  const slot: Slot = {
    id: 1, slot_at: '2026-01-01T00:00:00Z', last_slot_at: null, count: 1, status: 'skipped', reason: 'r', is_manual: false,
    recorded_at: '2026-01-01T00:00:00Z', execution: null,
  }
  expect(slotLook(slot).label).toBe('Skipped')
  expect(slotCountText(slot)).toBeNull()
  expect(slotCountText({ ...slot, count: 12 })).toBe('12 times')
  const run = { id: 3, status: 'timed_out', started_at: null, finished_at: null, duration_ms: null }
  expect(slotLook({ ...slot, status: 'started', execution: run }).label).toBe('Timed out')
})
