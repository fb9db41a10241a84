/** What is to be seen of loops and branches: closed, only what failed in them, or all of it. Pure. */

import type { Snapshot, StepRun } from './api/types'
import { stepLook } from './status'
import type { Row } from './timeline'

export type Fold = 'failed' | 'all'

export interface Folding {
  folds: ReadonlyMap<string, Fold>
  /** Open ones of whose steps some are not here yet, and whether they are being read. */
  unread: ReadonlyMap<string, { isReading: boolean }>
  isWhole: boolean
}

export type Line = { kind: 'row'; row: Row; fold: 'none' | 'closed' | 'open' } | { kind: 'more'; path: string; depth: number; words: string; isBusy: boolean }

/** Of a closed loop so many failures are shown: the first ones. */
const FAILURES_OF_CLOSED = 3
/** A loop of more turns opens with those that failed. */
const SHORT = 20

/** How a loop opens: what failed comes first where there is much else. */
export function opensWith(run: StepRun | undefined): Fold {
  const { failed = 0, total = 0 } = run?.turns ?? {}
  return failed > 0 && total > SHORT ? 'failed' : 'all'
}

export function linesOf(rows: Row[], { folds, unread, isWhole }: Folding, openPath: string | undefined): Line[] {
  const seen = seer(folds, openPath)
  const holding = new Set(rows.flatMap((row) => (row.run?.parent ? [row.run.parent] : [])))
  const lines: Line[] = []
  const open: Row[] = []
  const leave = (row: Row | undefined): void => {
    while (open.length > 0 && !(row && row.around.includes(open.at(-1)?.path ?? ''))) {
      const more = moreOf(open.pop(), folds, unread)
      if (more) lines.push(more)
    }
  }
  for (const row of rows) {
    leave(row)
    const fold = !canFold(row, isWhole, holding) ? 'none' : folds.has(row.path) ? 'open' : 'closed'
    if (!seen(row)) continue
    lines.push({ kind: 'row', row, fold })
    if (fold === 'open') open.push(row)
  }
  leave(undefined)
  return lines
}

/** Whether a row is in sight; of a closed loop the step that is open, and the first that failed. */
function seer(folds: Folding['folds'], openPath: string | undefined): (row: Row) => boolean {
  const failures = new Map<string, number>()
  return (row) => {
    if (row.path === openPath) return true
    const isFailed = row.state === 'failed'
    const closed = row.around.find((path) => !folds.has(path))
    if (closed === undefined) return isFailed || row.around.every((path) => folds.get(path) === 'all')
    if (!isFailed || row.run?.soft) return false
    const before = failures.get(closed) ?? 0
    failures.set(closed, before + 1)
    return before < FAILURES_OF_CLOSED
  }
}

/** A condition holds one pass, and stands open; only where its steps did not come along they are asked for. */
function canFold(row: Row, isWhole: boolean, holding: ReadonlySet<string>): boolean {
  if (!row.run?.turns) return false
  return row.action !== 'condition' || (!isWhole && !holding.has(row.path))
}

function moreOf(row: Row | undefined, folds: Folding['folds'], unread: Folding['unread']): Line | null {
  if (!row) return null
  const { path, depth } = row
  const total = (row.run?.turns?.total ?? 0).toLocaleString('en')
  if (folds.get(path) === 'failed') return { kind: 'more', path, depth: depth + 1, words: `Show all ${total} turns`, isBusy: false }
  const rest = unread.get(path)
  if (!rest) return null
  return { kind: 'more', path, depth: depth + 1, words: rest.isReading ? 'Reading more' : `Show more of ${total} turns`, isBusy: rest.isReading }
}

/** The snapshot with steps that were read beside it, each once and after the step around it. */
export function withInside(snapshot: Snapshot, read: readonly StepRun[]): Snapshot {
  if (read.length === 0) return snapshot
  const steps = new Map(read.map((step) => [step.path, step]))
  for (const step of snapshot.steps) {
    const other = steps.get(step.path)
    if (!other || !isEnded(other)) steps.set(step.path, step) // what has ended changes no more
  }
  const depth = (step: StepRun): number => step.path.split('/').length
  return { ...snapshot, steps: [...steps.values()].toSorted((one, other) => depth(one) - depth(other)) }
}

function isEnded(step: StepRun): boolean {
  return stepLook(step.status).final
}
