import type { Cell } from '@/ui/StepStrip'
import type { Execution } from './api/types'
import { statusLook, stepLook } from './status'

/** How many steps the API tells in order (`LONGEST_STRIP` there). */
const LONGEST = 60

/**
 * One cell per step: the strip the API gives, and what has no step run yet.
 *
 * Where the API tells no order, at the very beginning and beyond its longest strip, the counts do: true in number.
 */
export function cellsOf({ strip, counts, status }: Pick<Execution, 'strip' | 'counts' | 'status'>): Cell[] {
  const words = strip ?? []
  const isCut = words.length === 0 || words.length >= LONGEST
  const done = [...words, ...(isCut ? beyond(words, counts) : [])].slice(0, Math.max(counts.total, words.length)).map(cellOf)
  const missing: Cell = { tone: statusLook(status).final ? 'skip' : 'wait' }
  return [...done, ...Array.from({ length: Math.max(0, counts.total - done.length) }, () => missing)]
}

function beyond(words: readonly string[], counts: Execution['counts']): string[] {
  const { passed, failed, soft_failed, cancelled, skipped } = counts
  const of = (word: string, count: number, ...also: string[]): string[] => {
    const told = words.filter((one) => one === word || also.includes(one)).length
    return Array.from({ length: Math.max(0, count - told) }, () => word)
  }
  return [...of('failed', failed - soft_failed), ...of('soft_failed', soft_failed), ...of('passed', passed, 'recovered'), ...of('cancelled', cancelled), ...of('skipped', skipped)]
}

function cellOf(word: string): Cell {
  if (word === 'recovered') return { tone: 'pass', recovered: true }
  return { tone: word === 'soft_failed' ? 'retry' : stepLook(word).tone }
}

const GOING_ON = new Set(['pending', 'running', 'retrying'])

/** Of a running execution, as far as its row in the list knows. */
export function doing({ phase, strip, counts }: Pick<Execution, 'phase' | 'strip' | 'counts'>): string {
  const words = strip ?? []
  if (phase === 'teardown') return 'in the teardown'
  if (words.length >= LONGEST) return 'in its steps'
  return `${words.filter((word) => !GOING_ON.has(word)).length} of ${counts.total} steps are over`
}
