import type { FlakyStep } from './api/types'
import { percentText } from './numbers'
import { countText } from '@/lib/time'
import type { Tone } from '@/ui/StatusIcon'

export const HEALTH: Record<string, { label: string; tone: Tone }> = {
  failing: { label: 'Failing', tone: 'fail' },
  flaky: { label: 'Flaky', tone: 'retry' },
  suspect: { label: 'Suspect', tone: 'wait' },
  stable: { label: 'Stable', tone: 'pass' },
  insufficient: { label: 'Too few runs', tone: 'skip' },
}

/** Those that are worth a look; the others on demand. */
export const USUAL_HEALTH = 'flaky,failing,suspect'

export function healthLook(health: string): { label: string; tone: Tone } {
  return HEALTH[health] ?? { label: health, tone: 'wait' }
}

/** What the score counted: `12 passed after a retry, 3 short failures`. */
export function eventsText({ recoveries, episodes, outages, failures }: Pick<FlakyStep, 'recoveries' | 'episodes' | 'outages' | 'failures'>): string {
  const parts = [
    recoveries > 0 && `${recoveries} passed after a retry`,
    episodes > 0 && countText(episodes, 'short failure'),
    outages > 0 && countText(outages, 'outage'),
  ].filter(Boolean)
  return parts.join(', ') || (failures > 0 ? `${countText(failures, 'failure')}, none of them short` : 'nothing disturbed it')
}

export function intervalText({ lo, hi }: Pick<FlakyStep, 'lo' | 'hi'>): string {
  return `${percentText(lo).replace(' %', '')} to ${percentText(hi)}`
}

/** `steps/pay` reads as `pay`; setup and teardown say so. */
export function stepName(key: string): string {
  return key.startsWith('steps/') ? key.slice('steps/'.length) : key
}
