import type { Look } from '@/ui/runStatus'
import type { Tone } from '@/ui/StatusIcon'

export { STATUS, statusLook, type Status } from '@/ui/runStatus'
export type StepStatus = 'pending' | 'running' | 'retrying' | 'passed' | 'failed' | 'skipped' | 'cancelled'
/** Steps of the plan that have no step run: the run is not there yet, or ended before them. */
export type StepState = StepStatus | 'to_come' | 'not_reached'

export const STEP_STATE: Record<StepState, Look> = {
  pending: { label: 'Waits for a worker', tone: 'wait', final: false },
  running: { label: 'Running', tone: 'run', final: false },
  retrying: { label: 'Retrying', tone: 'retry', final: false },
  passed: { label: 'Passed', tone: 'pass', final: true },
  failed: { label: 'Failed', tone: 'fail', final: true },
  skipped: { label: 'Skipped', tone: 'skip', final: true },
  cancelled: { label: 'Cancelled', tone: 'cancel', final: true },
  to_come: { label: 'To come', tone: 'wait', final: false },
  not_reached: { label: 'Not reached', tone: 'skip', final: true },
}

const ATTEMPT_TONES: Record<string, Tone> = { waiting: 'wait', lost: 'fail' }

export function stepLook(status: string): Look {
  return Object.hasOwn(STEP_STATE, status) ? STEP_STATE[status as StepState] : { label: status, tone: 'wait', final: false }
}

export function attemptTone(status: string): Tone {
  return ATTEMPT_TONES[status] ?? stepLook(status).tone
}
