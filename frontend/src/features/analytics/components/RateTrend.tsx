import { useState } from 'react'
import type { Trend } from '../api/types'
import { bandPath, dayText, domainOf, linePath, pointOf } from '../chart'
import { percentText } from '../numbers'
import { isSure, pointWords, worstOf } from '../trend'
import { DayChart, type Plane } from './DayChart'
import { Nothing, Panel } from './Panel'
import styles from './RateTrend.module.css'
import { TrendTable } from './TrendTable'
import { type View, ViewChoice } from './ViewChoice'

interface Props {
  trend: Trend | undefined
  isByHour: boolean
  csv: string
  problem: { error: Error; retry: () => void } | undefined
  isOld: boolean
}

const HEIGHT = 222
/** The axis goes down to here at least: a line along the top is good news only beside a scale. */
const LEAST = 0.9

/** The share of runs that passed, day by day, and how sure that is. */
export function RateTrend({ trend, isByHour, csv, problem, isOld }: Props) {
  const [view, setView] = useState<View>('chart')
  return (
    <Panel
      title={isByHour ? 'Pass rate per hour' : 'Pass rate per day'}
      note={`line: share of runs · band: 95 % interval, wider when few runs · grey: fewer than 5 runs${isByHour ? ' · UTC' : ''}`}
      height={HEIGHT}
      problem={problem}
      isOld={isOld}
      aside={
        <>
          <ViewChoice value={view} onChange={setView} />
          <a href={csv} download>
            CSV
          </a>
        </>
      }
    >
      {trend && trend.points.length === 0 && <Nothing>No run ended in this time.</Nothing>}
      {trend && trend.points.length > 0 && (view === 'chart' ? <Chart trend={trend} /> : <TrendTable points={trend.points} isByHour={isByHour} height={HEIGHT} />)}
    </Panel>
  )
}

function Chart({ trend }: { trend: Trend }) {
  const judged = trend.points.filter((one) => one.counts.rate !== null)
  const sure = judged.filter(isSure)
  const lows = judged.map((one) => (isSure(one) ? (one.counts.lo ?? 0) : (one.counts.rate ?? 0)))
  const [first, last] = [trend.points[0], trend.points.at(-1)].map((one) => (one ? pointOf(one) : ''))
  return (
    <DayChart
      label={`Pass rate by ${first && first.length > 10 ? 'hour' : 'day'}: ${percentText(trend.total.rate)} in all${worstWords(trend)}`}
      height={HEIGHT}
      first={first ?? ''}
      last={last ?? ''}
      domain={domainOf([...lows, LEAST, 1], { ceiling: 1 })}
      tickText={(tick) => `${Math.round(100 * tick)} %`}
      days={judged.map((one) => ({ day: pointOf(one), words: pointWords(one), q: `${one.q} judged` }))}
      draw={(plane) => (
        <>
          <path d={bandPath(sure.map((one) => ({ x: plane.x(pointOf(one)), y: plane.y(one.counts.hi ?? 1) })), sure.map((one) => ({ x: plane.x(pointOf(one)), y: plane.y(one.counts.lo ?? 0) })))} className={styles.band} />
          <path d={linePath(sure.map((one) => ({ x: plane.x(pointOf(one)), y: plane.y(one.counts.rate ?? 0) })))} className={styles.line} />
          {judged.filter((one) => !isSure(one)).map((one) => (
            <circle key={pointOf(one)} cx={plane.x(pointOf(one))} cy={plane.y(one.counts.rate ?? 0)} r="2.5" className={styles.thin} />
          ))}
          <Worst trend={trend} plane={plane} />
        </>
      )}
    />
  )
}

function worstWords(trend: Trend): string {
  const worst = worstOf(trend)
  return worst ? `; lowest on ${dayText(pointOf(worst))} with ${pointWords(worst)}` : ''
}

function Worst({ trend, plane }: { trend: Trend; plane: Plane }) {
  const worst = worstOf(trend)
  if (!worst) return null
  const [x, y] = [plane.x(pointOf(worst)), plane.y(worst.counts.rate ?? 0)]
  const isRight = x > plane.box.left + 0.75 * plane.box.width
  return (
    <>
      <circle cx={x} cy={y} r="3.5" className={styles.worst} />
      <text x={isRight ? x - 8 : x + 8} y={y + 4} textAnchor={isRight ? 'end' : 'start'} className={styles.worstText}>
        {percentText(worst.counts.rate)}, n = {worst.counts.judged.toLocaleString('en-GB')}
      </text>
    </>
  )
}
