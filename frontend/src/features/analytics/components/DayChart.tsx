import { useElementSize } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { type Box, dayNumber, dayOf, dayText, dayTicks, type Domain, scale } from '../chart'
import styles from './DayChart.module.css'

export interface ChartDay {
  day: string
  /** What is read out when the day is pointed at. */
  words: string
  q: string
}

export interface Plane {
  box: Box
  x: (day: string) => number
  y: (value: number) => number
}

interface Props {
  label: string
  height: number
  first: string
  last: string
  domain: Domain
  tickText: (value: number) => string
  days: readonly ChartDay[]
  draw: (plane: Plane) => React.ReactNode
  /** Room beside the last day, for names of lines. */
  margin?: number
}

const [LEFT, TOP, FOOT] = [54, 12, 22]
const LABEL_WIDTH = 74

/** Something by days, or by hours. Each is a link to its executions; arrow keys go from one to the next. */
export function DayChart({ label, height, first, last, domain, tickText, days, draw, margin = 12 }: Props) {
  const { ref, width } = useElementSize()
  const box = { left: LEFT, top: TOP, width: Math.max(width - LEFT - margin, 1), height: height - TOP - FOOT }
  const across = scale(dayNumber(first), dayNumber(last), box.left, box.width)
  const plane: Plane = { box, x: (day) => across(dayNumber(day)), y: scale(domain.low, domain.high, box.top + box.height, -box.height) }
  const isHours = first.length > 10
  const unit = isHours ? 1 / 24 : 1
  const ticks = dayTicks(dayNumber(first), dayNumber(last), Math.max(2, Math.floor(box.width / LABEL_WIDTH)), isHours)
  return (
    <div ref={ref} className={styles.chart} style={{ height }}>
      {width > 0 && (
        <>
          <svg width={width} height={height} role="img" aria-label={label} className={styles.svg}>
            {domain.ticks.map((tick) => (
              <g key={tick}>
                <line x1={box.left} x2={box.left + box.width} y1={plane.y(tick)} y2={plane.y(tick)} className={styles.grid} />
                <text x={box.left - 8} y={plane.y(tick) + 4} textAnchor="end">
                  {tickText(tick)}
                </text>
              </g>
            ))}
            {ticks.map((tick, index) => (
              <text key={tick} x={across(tick)} y={height - 5} textAnchor={index === 0 ? 'start' : across(tick) > box.left + box.width - 24 ? 'end' : 'middle'}>
                {tickLabel(tick, isHours)}
              </text>
            ))}
            {draw(plane)}
          </svg>
          <Days days={days} plane={plane} width={Math.max(4, box.width / Math.max(1, (dayNumber(last) - dayNumber(first)) / unit))} name={isHours ? 'Hours' : 'Days'} />
        </>
      )}
    </div>
  )
}

/** Of an hour the time alone; midnight is where its day begins. */
function tickLabel(tick: number, isHours: boolean): string {
  const point = dayOf(tick)
  return isHours && point.length > 10 ? `${point.slice(11)}:00` : dayText(point)
}

/** One of them can be reached by Tab, the others by the arrows: a year of days is no obstacle. */
function Days({ days, plane, width, name }: { days: readonly ChartDay[]; plane: Plane; width: number; name: string }) {
  const [at, setAt] = useState<number | null>(null)
  const links = useRef(new Map<number, HTMLAnchorElement>())
  const reached = at ?? days.length - 1
  const shown = at === null ? undefined : days[at]
  const move = (event: React.KeyboardEvent): void => {
    const next = { ArrowRight: reached + 1, ArrowLeft: reached - 1, Home: 0, End: days.length - 1 }[event.key]
    if (next === undefined || next < 0 || next >= days.length) return
    event.preventDefault()
    links.current.get(next)?.focus()
  }
  return (
    <div role="group" aria-label={`${name}; arrow keys go from one to the next`} onKeyDown={move} onPointerLeave={() => setAt(null)} onBlur={() => setAt(null)}>
      {days.map((one, index) => (
        <Link
          key={one.day}
          ref={(link) => {
            if (link) links.current.set(index, link)
            else links.current.delete(index)
          }}
          to="/executions"
          search={{ q: one.q }}
          preload={false}
          tabIndex={index === reached ? 0 : -1}
          className={styles.day}
          style={{ left: plane.x(one.day) - width / 2, width, top: plane.box.top, height: plane.box.height }}
          aria-label={`${dayText(one.day)}: ${one.words}`}
          onPointerEnter={() => setAt(index)}
          onFocus={() => setAt(index)}
        />
      ))}
      {shown && (
        <p className={styles.read} data-side={plane.x(shown.day) > plane.box.left + plane.box.width / 2 ? 'left' : 'right'} style={{ left: plane.x(shown.day), top: plane.box.top }} aria-hidden="true">
          <b>{dayText(shown.day)}</b> {shown.words}
        </p>
      )}
    </div>
  )
}
