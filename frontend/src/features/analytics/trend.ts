import type { Trend, TrendPoint } from './api/types'
import { percentText } from './numbers'

/** Enough runs to say something: the others are grey dots beside the line. */
export function isSure(point: TrendPoint): boolean {
  return point.counts.rate !== null && !point.is_thin
}

export function pointWords({ counts }: TrendPoint): string {
  const [lo, hi] = [percentText(counts.lo).replace(' %', ''), percentText(counts.hi)]
  return `${percentText(counts.rate)} of ${counts.judged.toLocaleString('en-GB')} ${counts.judged === 1 ? 'run' : 'runs'}, ${lo} to ${hi}`
}

/** The lowest of those that are sure, if it is surely below the whole: else there is nothing to point at. */
export function worstOf(trend: Trend): TrendPoint | null {
  const worst = trend.points.filter(isSure).reduce<TrendPoint | null>((found, one) => ((one.counts.rate ?? 1) < (found?.counts.rate ?? 1) ? one : found), null)
  return worst && (worst.counts.hi ?? 1) < (trend.total.rate ?? 0) ? worst : null
}
