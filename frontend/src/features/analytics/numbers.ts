import { durationText } from '@/lib/time'
import type { Tile } from './api/types'

/** How a number and its change read. `tone`: what is worse is red, what only costs time amber, what is better green. */
export interface Change {
  text: string
  direction: 'up' | 'down' | 'same'
  tone: 'fail' | 'retry' | 'pass' | 'quiet'
}

export function percentText(share: number | null | undefined): string {
  if (share == null) return '—'
  const percent = 100 * share
  if (percent === 0 || percent === 100) return `${percent} %`
  // Nearly all is not all: 99.97 % must not read as 100 %.
  const rounded = Math.min(Math.max(percent, 0.1), 99.9)
  return `${rounded.toFixed(1)} %`
}

export function minutesText(minutes: number): string {
  if (minutes >= 10 || minutes === 0) return Math.round(minutes).toLocaleString('en-GB')
  return minutes < 0.1 ? '< 0.1' : minutes.toFixed(1)
}

/** The number and its unit apart: the unit is set smaller. */
export function valueOf(tile: Pick<Tile, 'value' | 'unit'>): [value: string, unit: string] {
  if (tile.value === null) return ['—', '']
  if (tile.unit === 'minutes') return [minutesText(tile.value), 'min']
  const text = tile.unit === 'share' ? percentText(tile.value) : durationText(tile.value)
  const at = text.indexOf(' ')
  return [text.slice(0, at), text.slice(at + 1)]
}

const TITLES: Record<string, string> = {
  pass_rate: 'Pass rate',
  retry_rate: 'Retry rate',
  flaky_rate: 'Flaky steps',
  lost_minutes: 'Lost to flakes',
  p50: 'Duration p50',
  p95: 'Duration p95',
}

export function titleOf(tile: Pick<Tile, 'name'>): string {
  return TITLES[tile.name] ?? tile.name
}

/** Against as many days before; null where there is nothing to compare with. */
export function changeOf(tile: Pick<Tile, 'name' | 'value' | 'before' | 'unit'>): Change | null {
  if (tile.value === null || tile.before === null) return null
  const difference = tile.value - tile.before
  const text = differenceText(Math.abs(difference), tile.unit)
  if (text === null) return { text: 'no change', direction: 'same', tone: 'quiet' }
  const isUp = difference > 0
  const isBetter = tile.name === 'pass_rate' ? isUp : !isUp
  const worse = ['retry_rate', 'p50', 'p95'].includes(tile.name) ? 'retry' : 'fail'
  return { text, direction: isUp ? 'up' : 'down', tone: isBetter ? 'pass' : worse }
}

/** null for what would read as nothing. */
function differenceText(difference: number, unit: string): string | null {
  if (unit === 'share') {
    const points = (100 * difference).toFixed(1)
    return points === '0.0' ? null : `${points} points`
  }
  if (unit === 'minutes') return difference < 0.5 ? null : `${Math.round(difference)} min`
  return difference < 1 ? null : durationText(difference)
}
