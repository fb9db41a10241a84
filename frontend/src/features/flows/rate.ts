import type { Recent } from './api/types'

/** `80 %` of `30`; nothing where nothing has ended yet. */
export function rateOf(recent: Recent | undefined): { percent: string; of: number } | null {
  const of = recent?.finished.length ?? 0
  if (!recent || of === 0) return null
  const percent = (100 * recent.passed) / of
  return { percent: `${Number.isInteger(percent) ? percent : percent.toFixed(1)} %`, of }
}
