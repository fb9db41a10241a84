/** The arithmetic of a chart over days or hours: scales, ticks, lines and bands. Pure. */

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

export interface Domain {
  low: number
  high: number
  ticks: number[]
}

const DAY_MS = 86_400_000

/** A point in time as charts name it: a day, `2026-03-01`, or an hour of one, `2026-03-01T14`. UTC. */
export function pointOf({ day, hour }: { day: string; hour: number | null }): string {
  return hour === null ? day : `${day}T${String(hour).padStart(2, '0')}`
}

/** Days since 1970; of an hour with its fraction. */
export function dayNumber(point: string): number {
  return Math.round((Date.parse(`${point.slice(0, 10)}T${point.slice(11) || '00'}:00:00Z`) / DAY_MS) * 24) / 24
}

export function dayOf(number: number): string {
  const text = new Date(Math.round(number * 24) * (DAY_MS / 24)).toISOString()
  return Number.isInteger(number) ? text.slice(0, 10) : text.slice(0, 13)
}

/** Round numbers around all of these, at most six of them. */
export function domainOf(values: readonly number[], { floor = 0, ceiling = Infinity } = {}): Domain {
  const low = Math.max(floor, Math.min(...values, ceiling))
  const high = Math.max(...values, low)
  const step = stepOf(Math.max(high - low, Math.abs(high) * 0.05, 1e-6) / 4)
  const first = Math.max(floor, Math.floor(low / step + 1e-9) * step)
  const ticks: number[] = []
  for (let at = first; ; at += step) {
    ticks.push(Number(at.toPrecision(12)))
    if (at >= high - step * 1e-6 || at + step > ceiling + step * 1e-6) break
  }
  return { low: ticks[0] ?? 0, high: Math.max(ticks.at(-1) ?? 1, high), ticks }
}

function stepOf(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about))
  const share = about / power
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10)
}

export function scale(from: number, to: number, start: number, length: number): (value: number) => number {
  return (value) => (to === from ? start + length / 2 : start + ((value - from) / (to - from)) * length)
}

export interface Spot {
  x: number
  y: number
}

export function linePath(spots: readonly Spot[]): string {
  return spots.map(({ x, y }, index) => `${index ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
}

/** There along the upper edge, back along the lower one. */
export function bandPath(upper: readonly Spot[], lower: readonly Spot[]): string {
  return upper.length ? `${linePath(upper)}${linePath(lower.toReversed()).replace('M', 'L')}Z` : ''
}

/** Days that get a label, or hours: evenly apart, the first among them. */
export function dayTicks(first: number, last: number, most: number, isHours = false): number[] {
  const span = last - first
  if (span <= 0) return [first]
  const steps = isHours ? [1, 2, 3, 4, 6, 8, 12, 24].map((hours) => hours / 24) : [1, 2, 7, 14, 28, 56, 91]
  const step = steps.find((one) => span / one <= most - 1) ?? Math.ceil(span / (most - 1))
  return Array.from({ length: Math.floor(span / step + 1e-6) + 1 }, (_, index) => first + index * step)
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `1 Mar`, `1 Mar 14:00`. */
export function dayText(point: string): string {
  const text = day.format(new Date(`${point.slice(0, 10)}T00:00:00Z`))
  return point.length > 10 ? `${text} ${point.slice(11)}:00` : text
}
