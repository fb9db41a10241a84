import { useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { executionQueries } from '../api/queries'
import type { Snapshot, StepRun } from '../api/types'
import { type Fold, type Folding, opensWith, withInside } from '../folding'
import { statusLook } from '../status'

export interface Folds extends Folding {
  toggle: (path: string) => void
  /** All of a loop that shows its failures, or the next steps of one that shows all it has. */
  more: (path: string) => void
}

/** Which loops are open. Of those that are too long for the snapshot, the steps are read as they are asked for. */
export function useFolds(snapshot: Snapshot): { whole: Snapshot; folds: Folds } {
  const { is_whole: isWhole } = snapshot
  const { id } = snapshot.execution
  const isOver = statusLook(snapshot.execution.status).final
  const [open, setOpen] = useState<ReadonlyMap<string, Fold>>(new Map())
  const [pages, setPages] = useState<ReadonlyMap<string, number>>(new Map())
  const wanted = isWhole ? [] : [...pages]
  const inside = useQueries({
    queries: wanted.map(([path, count]) => executionQueries.inside(id, path, count, isOver)),
    combine: (results) => ({ pages: results.map((one) => one.data), reading: results.map((one) => one.isPending || one.isPlaceholderData) }),
  })
  const whole = useMemo(() => withInside(snapshot, inside.pages.flatMap((page) => page?.items ?? [])), [snapshot, inside.pages])
  const unread = new Map(
    wanted.flatMap(([path], at) => (open.get(path) === 'all' && inside.pages[at]?.next !== null ? [[path, { isReading: inside.reading[at] ?? false }] as const] : [])),
  )
  const read = (path: string, beyond: boolean): void => {
    setPages((before) => (beyond || !before.has(path) ? new Map(before).set(path, (before.get(path) ?? 0) + 1) : before))
  }
  const toggle = (path: string): void => {
    const fold = opensWith(whole.steps.find((step: StepRun) => step.path === path))
    if (!open.has(path) && fold === 'all') read(path, false)
    setOpen((before) => (before.has(path) ? without(before, path) : new Map(before).set(path, fold)))
  }
  const more = (path: string): void => {
    read(path, open.get(path) === 'all')
    setOpen((before) => new Map(before).set(path, 'all'))
  }
  return { whole, folds: { folds: open, unread, isWhole, toggle, more } }
}

function without(before: ReadonlyMap<string, Fold>, path: string): ReadonlyMap<string, Fold> {
  const after = new Map(before)
  after.delete(path)
  return after
}
