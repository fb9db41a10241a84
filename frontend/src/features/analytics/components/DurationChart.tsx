import { durationText } from '@/lib/time'
import type { DurationPoint } from '../api/types'
import { dayText, domainOf, linePath, pointOf } from '../chart'
import type { ChangeMark } from '../durations'
import { DayChart, type Plane } from './DayChart'
import styles from './DurationChart.module.css'

interface Props {
  label: string
  points: readonly DurationPoint[]
  marks: readonly ChangeMark[]
  height: number
}

const WORDS = { p50: 'p50', p95: 'p95' } as const

/** The median and the slow end by day, and the run since which they are what they are. */
export function DurationChart({ label, points, marks, height }: Props) {
  const known = points.filter((one) => one.p50 !== null)
  const [first, last] = [known[0], known.at(-1)]
  if (!first || !last) return null
  const [begin, end] = [pointOf(first), pointOf(last)]
  const shown = marks.map((one) => ({ ...one, day: one.at.slice(0, begin.length) })).filter((one) => one.day >= begin && one.day <= end)
  return (
    <DayChart
      label={`${label}: on ${dayText(end)} p50 ${durationText(last.p50)}, p95 ${durationText(last.p95)}${shown[0] ? `; ${shown[0].text}` : ''}`}
      height={height}
      first={begin}
      last={end}
      domain={domainOf([0, ...known.map((one) => one.p95 ?? 0)])}
      tickText={axisText}
      margin={36}
      days={known.map((one) => ({ day: pointOf(one), words: `p50 ${durationText(one.p50)}, p95 ${durationText(one.p95)} of ${one.n.toLocaleString('en-GB')}`, q: one.q }))}
      draw={(plane) => (
        <>
          {shown.map((one, index) => (
            <Mark key={one.execution} mark={one} plane={plane} isNamed={index === 0} />
          ))}
          {(['p95', 'p50'] as const).map((name) => (
            <g key={name}>
              <path d={linePath(known.map((one) => ({ x: plane.x(pointOf(one)), y: plane.y(one[name] ?? 0) })))} className={styles[name]} />
              <text x={plane.x(end) + 6} y={nameAt(name, plane.y(last.p50 ?? 0), plane.y(last.p95 ?? 0)) + 4} className={styles.name}>
                {WORDS[name]}
              </text>
            </g>
          ))}
        </>
      )}
    />
  )
}

/** Beside the end of its line; names that would lie on each other part. */
function nameAt(name: 'p50' | 'p95', p50: number, p95: number): number {
  const apart = Math.max(0, 12 - (p50 - p95)) / 2
  return name === 'p50' ? p50 + apart : p95 - apart
}

/** Round numbers on the axis: `4 s`, not `4.00 s`. */
function axisText(ms: number): string {
  if (ms === 0) return '0'
  return ms < 1000 ? `${ms} ms` : ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 6000) / 10} min`
}

function Mark({ mark, plane, isNamed }: { mark: ChangeMark; plane: Plane; isNamed: boolean }) {
  const { box } = plane
  const x = plane.x(mark.day)
  const isRight = x > box.left + box.width / 2
  return (
    <>
      {isNamed && mark.isSlower && <rect x={x} y={box.top} width={box.left + box.width - x} height={box.height} className={styles.since} />}
      <line x1={x} x2={x} y1={box.top} y2={box.top + box.height} className={styles.mark} data-slower={mark.isSlower} />
      {isNamed && (
        <text x={isRight ? x - 6 : x + 6} y={box.top + 11} textAnchor={isRight ? 'end' : 'start'} className={styles.markText} data-slower={mark.isSlower}>
          {mark.text}
        </text>
      )}
    </>
  )
}
