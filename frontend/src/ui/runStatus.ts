import type { Tone } from './StatusIcon'

export type Status = 'queued' | 'running' | 'passed' | 'failed' | 'cancelled' | 'timed_out'

export interface Look {
  label: string
  tone: Tone
  final: boolean
}

/** How the status of an execution looks, wherever it is told. */
export const STATUS: Record<Status, Look> = {
  queued: { label: 'Queued', tone: 'wait', final: false },
  running: { label: 'Running', tone: 'run', final: false },
  passed: { label: 'Passed', tone: 'pass', final: true },
  failed: { label: 'Failed', tone: 'fail', final: true },
  cancelled: { label: 'Cancelled', tone: 'cancel', final: true },
  timed_out: { label: 'Timed out', tone: 'tout', final: true },
}

export function statusLook(status: string): Look {
  return Object.hasOwn(STATUS, status) ? STATUS[status as Status] : { label: status, tone: 'wait', final: false }
}
