/** The bars of the histogram and the labels under them. Pure. */

import { clockText, momentText } from '@/lib/time'
import type { Histogram } from './api/types'
import { STATUS, type Status } from './status'

export interface Slot {
  at: string
  counts: Record<string, number>
}

/** Failures sit on the baseline, so that they compare across time. */
export const FROM_BELOW: Status[] = ['failed', 'timed_out', 'running', 'queued', 'cancelled', 'passed']

const MOST_SLOTS = 200

/** Every bucket of the axis, also the ones without a run. */
export function slotsOf({ since, until, bucket_seconds, buckets }: Histogram): Slot[] {
  const length = bucket_seconds * 1000
  const first = buckets[0] ? Date.parse(buckets[0].at) - Math.ceil((Date.parse(buckets[0].at) - Date.parse(since)) / length) * length : Date.parse(since)
  const count = Math.min(MOST_SLOTS, Math.ceil((Date.parse(until) - first) / length))
  const found = new Map(buckets.map((bucket) => [Date.parse(bucket.at), bucket.counts]))
  return Array.from({ length: Math.max(count, 1) }, (_, index) => {
    const at = first + index * length
    return { at: new Date(at).toISOString(), counts: found.get(at) ?? {} }
  })
}

export function slotTotal({ counts }: Slot): number {
  return Object.values(counts).reduce((one, other) => one + other, 0)
}

export function slotWords({ at, counts }: Slot): string {
  const words = FROM_BELOW.filter((status) => counts[status]).map((status) => `${counts[status] ?? 0} ${STATUS[status].label.toLowerCase()}`)
  return `${momentText(at)}: ${words.join(', ') || 'no run'}`
}

const LABELS = 7
const DAY = 24 * 3600 * 1000

export function labelsOf(histogram: Histogram): { at: number; share: number; text: string }[] {
  const slots = slotsOf(histogram)
  const first = Date.parse(slots[0]?.at ?? histogram.since)
  const span = slots.length * histogram.bucket_seconds * 1000
  return Array.from({ length: LABELS }, (_, index) => {
    const share = index / LABELS
    const at = first + Math.floor(share * slots.length) * histogram.bucket_seconds * 1000
    const clock = clockText(new Date(at).toISOString())
    return { at, share, text: span > DAY ? momentText(new Date(at).toISOString()) : span > 3_600_000 ? clock.slice(0, 5) : clock }
  })
}
