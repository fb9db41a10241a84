import { durationText } from '@/lib/time'
import type { EnvironmentChanges } from './api/types'
import type { Change } from './numbers'

export interface ChangeMark {
  environment: string
  execution: number
  at: string
  day: string
  isSlower: boolean
  text: string
  words: string
}

/** Since which run it takes longer or less, the newest first. */
export function marksOf(environments: readonly EnvironmentChanges[]): ChangeMark[] {
  const marks = environments.flatMap(({ environment, changes }) =>
    changes.map((one) => {
      const isSlower = one.after_ms > one.before_ms
      const difference = `${isSlower ? '+' : '−'}${durationText(Math.abs(one.after_ms - one.before_ms))}`
      return {
        environment,
        execution: one.execution,
        at: one.at,
        day: one.at.slice(0, 10),
        isSlower,
        text: `since #${one.execution}, ${difference}`,
        words: `${durationText(one.before_ms)} → ${durationText(one.after_ms)}`,
      }
    }),
  )
  return marks.toSorted((one, other) => other.at.localeCompare(one.at))
}

/** A median against the one of as many days before; null for what is new. */
export function speedChange(now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null
  const ratio = now / Math.max(before, 1)
  const difference = Math.abs(now - before)
  // The histograms are good to 5 %: less than that is nothing to show.
  if (difference < 1 || (ratio > 0.95 && ratio < 1.05)) return { text: 'no change', direction: 'same', tone: 'quiet' }
  return { text: durationText(difference), direction: ratio > 1 ? 'up' : 'down', tone: ratio > 1 ? 'retry' : 'pass' }
}

