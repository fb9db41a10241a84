import { clockText, momentText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Histogram as HistogramData } from '../api/types'
import { STATUS, type Status } from '../status'
import styles from './Histogram.module.css'

const STATUSES = Object.keys(STATUS) as Status[]
/** Failures sit on the baseline, so that they compare across time. */
const FROM_BELOW: Status[] = ['failed', 'timed_out', 'running', 'queued', 'cancelled', 'passed']

/** How many runs the search finds, by status and over time. */
export function Histogram({ histogram }: { histogram: HistogramData }) {
  const { buckets, counts, total } = histogram
  const all = slots(histogram)
  const highest = Math.max(1, ...buckets.map((bucket) => sum(bucket.counts)))
  return (
    <div className={styles.histogram}>
      <p className={styles.counts}>
        <span>
          <b>{total.toLocaleString('en-GB')}</b> {total === 1 ? 'run' : 'runs'}
          {histogram.is_capped && ` since ${momentText(histogram.since)}; older ones are not counted`}
        </span>
        {STATUSES.filter((status) => counts[status]).map((status) => (
          <span key={status} className={styles.count}>
            <StatusIcon tone={STATUS[status].tone} />
            <b>{(counts[status] ?? 0).toLocaleString('en-GB')}</b> {STATUS[status].label.toLowerCase()}
          </span>
        ))}
      </p>
      {total > 0 && (
        <div className={styles.chart} role="img" aria-label={`Runs over time, ${momentText(histogram.since)} to ${momentText(histogram.until)}`}>
          {all.map((slot) => (
            <span key={slot.at} className={styles.bucket} title={slotWords(slot)}>
              {FROM_BELOW.map((status) => {
                const count = slot.counts[status] ?? 0
                return count > 0 && <i key={status} className={styles[STATUS[status].tone]} style={{ height: `max(2px, ${(100 * count) / highest}%)` }} />
              })}
            </span>
          ))}
        </div>
      )}
      {total > 0 && (
        <p className={styles.axis} aria-hidden="true">
          <span>{momentText(histogram.since)}</span>
          <span>{momentText(histogram.until)}</span>
        </p>
      )}
    </div>
  )
}

interface Slot {
  at: string
  counts: Record<string, number>
}

const MOST_SLOTS = 200

/** Every bucket of the axis, also the ones without a run. */
function slots({ since, until, bucket_seconds, buckets }: HistogramData): Slot[] {
  const length = bucket_seconds * 1000
  const first = buckets[0] ? Date.parse(buckets[0].at) - Math.ceil((Date.parse(buckets[0].at) - Date.parse(since)) / length) * length : Date.parse(since)
  const count = Math.min(MOST_SLOTS, Math.ceil((Date.parse(until) - first) / length))
  const found = new Map(buckets.map((bucket) => [Date.parse(bucket.at), bucket.counts]))
  return Array.from({ length: Math.max(count, 1) }, (_, index) => {
    const at = first + index * length
    return { at: new Date(at).toISOString(), counts: found.get(at) ?? {} }
  })
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((one, other) => one + other, 0)
}

function slotWords({ at, counts }: Slot): string {
  const words = FROM_BELOW.filter((status) => counts[status]).map((status) => `${counts[status] ?? 0} ${STATUS[status].label.toLowerCase()}`)
  return `${momentText(at)} ${clockText(at)}: ${words.join(', ') || 'no run'}`
}
