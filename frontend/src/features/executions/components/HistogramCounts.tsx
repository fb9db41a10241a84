import { momentText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Histogram } from '../api/types'
import { STATUS, type Status } from '../status'
import styles from './Histogram.module.css'

interface Props {
  histogram: Histogram
  /** The stretch that is being chosen. */
  selected: string
  isZoomed: boolean
  onClear: () => void
}

const STATUSES: Status[] = ['passed', 'failed', 'timed_out', 'cancelled', 'running', 'queued']

export function HistogramCounts({ histogram, selected, isZoomed, onClear }: Props) {
  const { counts, total } = histogram
  return (
    <div className={styles.counts}>
      <span>
        <b>{total.toLocaleString('en-GB')}</b> {total === 1 ? 'run' : 'runs'}
        {histogram.is_capped && ` since ${momentText(histogram.since)}; older ones are not counted`}
      </span>
      {STATUSES.filter((status) => counts[status]).map((status) => (
        <span key={status} className={`${styles.count ?? ''} ${styles[`${STATUS[status].tone}Text`] ?? ''}`}>
          <StatusIcon tone={STATUS[status].tone} />
          <b>{(counts[status] ?? 0).toLocaleString('en-GB')}</b> {STATUS[status].label.toLowerCase()}
        </span>
      ))}
      <span className={styles.gap} />
      {selected && <span>{selected}</span>}
      {!selected && isZoomed && (
        <button type="button" className={styles.clear} onClick={onClear}>
          clear the time
        </button>
      )}
    </div>
  )
}
