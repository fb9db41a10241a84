import { clockText, momentText } from '@/lib/time'
import { useState } from 'react'
import type { Histogram as HistogramData } from '../api/types'
import { FROM_BELOW, labelsOf, type Slot, slotsOf, slotTotal, slotWords } from '../histogram'
import { STATUS } from '../status'
import styles from './Histogram.module.css'
import { HistogramCounts } from './HistogramCounts'

interface Props {
  histogram: HistogramData
  /** Whether the search is held to a stretch of time. */
  isZoomed: boolean
  onZoom: (since: string, until: string) => void
  onClear: () => void
}

/** How many runs the search finds, by status and over time. Dragging over it holds the search to that stretch. */
export function Histogram({ histogram, isZoomed, onZoom, onClear }: Props) {
  const slots = slotsOf(histogram)
  const highest = Math.max(1, ...slots.map(slotTotal))
  const [brush, setBrush] = useState<{ from: number; to: number } | null>(null)
  const [low, high] = brush ? [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)] : [-1, -1]
  const slotAt = (event: React.PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * slots.length), 0), slots.length - 1)
  }
  const zoom = (): void => {
    const [first, last] = [slots[low], slots[high]]
    setBrush(null)
    if (first && last && high > low) onZoom(first.at, new Date(Date.parse(last.at) + histogram.bucket_seconds * 1000).toISOString())
  }
  const words = brush && slots[low] && slots[high] ? `${clockText(slots[low].at)}–${clockText(new Date(Date.parse(slots[high].at) + histogram.bucket_seconds * 1000).toISOString())}` : ''
  return (
    <div className={styles.histogram}>
      <HistogramCounts histogram={histogram} selected={words} isZoomed={isZoomed} onClear={onClear} />
      <div
        className={styles.chart}
        role="img"
        aria-label={`Runs over time, ${momentText(histogram.since)} to ${momentText(histogram.until)}: ${histogram.total}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setBrush({ from: slotAt(event), to: slotAt(event) })
        }}
        onPointerMove={(event) => setBrush((before) => before && { ...before, to: slotAt(event) })}
        onPointerUp={zoom}
        onPointerCancel={() => setBrush(null)}
      >
        {slots.map((slot, index) => (
          <Bars key={slot.at} slot={slot} highest={highest} isOn={index >= low && index <= high} />
        ))}
      </div>
      <p className={styles.axis} aria-hidden="true">
        {labelsOf(histogram).map((label) => (
          <span key={label.at} style={{ left: `${100 * label.share}%` }}>
            {label.text}
          </span>
        ))}
      </p>
    </div>
  )
}

function Bars({ slot, highest, isOn }: { slot: Slot; highest: number; isOn: boolean }) {
  return (
    <span className={`${styles.bucket ?? ''} ${isOn ? (styles.on ?? '') : ''}`} title={slotWords(slot)}>
      {FROM_BELOW.map((status) => {
        const count = slot.counts[status] ?? 0
        return count > 0 && <i key={status} className={styles[STATUS[status].tone]} style={{ height: `max(2px, ${(100 * count) / highest}%)` }} />
      })}
    </span>
  )
}
