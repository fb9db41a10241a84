import type { Tone } from '@/ui/StatusIcon'
import { statusLook } from '@/ui/runStatus'
import { countText } from '@/lib/time'
import type { RunTime, Slot } from './api/types'

/** What each policy does, in a line. */
export const MISFIRES: Record<string, string> = {
  skip: 'Missed times are let go.',
  once: 'One run stands for all that were missed.',
  catch_up: 'The last few that were missed run after all, oldest first.',
}

export const OVERLAPS: Record<string, string> = {
  skip: 'While a run is going on, the next time is let go.',
  queue: 'The next run waits for the one before; only one waits.',
  allow: 'Runs go on side by side.',
  cancel: 'The run before is cancelled; the new one starts after its teardown.',
}

export const POLICY_NAMES: Record<string, string> = {
  skip: 'Skip',
  once: 'Run once',
  catch_up: 'Catch up',
  queue: 'Wait',
  allow: 'Run beside it',
  cancel: 'Cancel the earlier run',
}

const local = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC',
})

/** As the clocks of the schedule's zone will show it, whatever zone the reader is in. */
export function runTimeText(time: RunTime): string {
  return local.format(new Date(`${time.local.slice(0, 19)}Z`))
}

const NOTES: Record<string, string> = {
  after_gap: 'the clocks have just gone forward; a time they skip runs now',
  repeated: 'the clocks show this time twice; it runs at the first',
}

export function runNote(time: RunTime): string | null {
  return time.note ? (NOTES[time.note] ?? time.note) : null
}

export interface SlotLook {
  label: string
  tone: Tone
}

/** A slot that started something looks as its execution does. */
export function slotLook(slot: Slot): SlotLook {
  if (slot.execution) return statusLook(slot.execution.status)
  if (slot.status === 'skipped') return { label: 'Skipped', tone: 'skip' }
  if (slot.status === 'failed') return { label: 'Not started', tone: 'fail' }
  if (slot.status === 'waiting') return { label: 'Waiting', tone: 'wait' }
  return { label: 'Started', tone: 'wait' }
}

/** How many times a line of the history stands for, where it is more than one. */
export function slotCountText(slot: Slot): string | null {
  if (slot.count === null) return 'more times than were counted'
  return slot.count > 1 ? countText(slot.count, 'time') : null
}
