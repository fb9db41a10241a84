/** Where a moment of a run stands between left and right: over the whole of it, or over its busy parts only. Pure. */

import type { Section } from './timeline'

export interface Tick {
  ms: number
  /** 0 is the left end, 1 the right one. */
  at: number
}

export interface Axis {
  at: (ms: number) => number
  ticks: Tick[]
  /** Where idle time was left out, and how much of it. */
  breaks: { at: number; ms: number }[]
  totalMs: number
}

const MOST_TICKS = 5

/** While it runs the end lies ahead, at a round number or at the usual end, so that bars do not shrink all the time. */
export function horizonOf(elapsedMs: number, usualMs: number | undefined, isRunning: boolean): number {
  if (!isRunning) return elapsedMs
  const ahead = Math.max(elapsedMs * 1.1, usualMs ?? 0, 1)
  return stepFor(ahead) * Math.ceil(ahead / stepFor(ahead))
}

export function wholeAxis(totalMs: number): Axis {
  const at = (ms: number): number => ms / totalMs
  return { at, ticks: ticksOf(totalMs).map((ms) => ({ ms, at: at(ms) })), breaks: [], totalMs }
}

/** A gap is left out when it is a good part of the run; its place keeps a little width. */
const LEAST_GAP = 0.08
const GAP_WIDTH = 0.03

export function busyAxis(sections: Section[], totalMs: number): Axis {
  const gaps = gapsOf(sections, totalMs).filter(([from, to]) => to - from > LEAST_GAP * totalMs)
  const busyMs = totalMs - gaps.reduce((sum, [from, to]) => sum + to - from, 0)
  const gapMs = (busyMs * GAP_WIDTH) / (1 - GAP_WIDTH * gaps.length)
  const drawnMs = busyMs + gapMs * gaps.length
  const at = (ms: number): number => {
    let left = ms
    for (const [from, to] of gaps) {
      if (ms <= from) break
      left -= Math.min(ms, to) - from
      left += gapMs * ((Math.min(ms, to) - from) / (to - from))
    }
    return left / drawnMs
  }
  const isShown = (ms: number): boolean => !gaps.some(([from, to]) => ms > from && ms < to)
  const ticks = ticksOf(totalMs, Math.max(busyMs, 1)).filter(isShown).map((ms) => ({ ms, at: at(ms) }))
  return { at, ticks: apart(ticks), breaks: gaps.map(([from, to]) => ({ at: at((from + to) / 2), ms: to - from })), totalMs }
}

/** Stretches in which no attempt was made. */
function gapsOf(sections: Section[], totalMs: number): [number, number][] {
  const busy = sections
    .flatMap((section) => section.rows.flatMap((row) => row.bars))
    .filter((bar) => bar.kind !== 'wait')
    .toSorted((one, other) => one.from - other.from)
  const gaps: [number, number][] = []
  let end = 0
  for (const bar of busy) {
    if (bar.from > end) gaps.push([end, bar.from])
    end = Math.max(end, bar.to)
  }
  if (end < totalMs) gaps.push([end, totalMs])
  return gaps
}

const LEAST_APART = 0.14

function apart(ticks: Tick[]): Tick[] {
  const kept: Tick[] = []
  for (const tick of ticks) {
    const before = kept.at(-1)
    if (!before || tick.at - before.at >= LEAST_APART) kept.push(tick)
  }
  return kept
}

/** Round numbers from 0 on, at most five over `spanMs`. */
export function ticksOf(totalMs: number, spanMs = totalMs): number[] {
  const step = stepFor(spanMs)
  const count = Math.min(Math.floor(totalMs / step), 500)
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Steps that people count in, where a decimal one would not be round: 15 s, 2 min, 6 h. */
const LONG_STEPS = [15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR]

function stepFor(spanMs: number): number {
  const least = spanMs / (MOST_TICKS - 1)
  const power = 10 ** Math.floor(Math.log10(least))
  const decimal = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= least) ?? 10 * power
  return decimal > 10 * SECOND ? (LONG_STEPS.find((one) => one >= least) ?? decimal) : decimal
}

export function tickText(ms: number, totalMs: number): string {
  if (totalMs < SECOND) return `${Math.round(ms)} ms`
  if (totalMs < 3 * MINUTE) return `${Number((ms / SECOND).toFixed(2))} s`
  if (totalMs < 3 * HOUR) return `${Number((ms / MINUTE).toFixed(1))} min`
  return `${Number((ms / HOUR).toFixed(1))} h`
}
