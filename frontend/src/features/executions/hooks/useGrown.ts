import { useState } from 'react'
import type { Row } from '../timeline'

/**
 * Rows that have a line of their own for what the step says; undefined where all have one.
 *
 * While a run is watched nothing may push the rows below away: what is said then stands in the row, until somebody opens it.
 */
export function useGrown(rows: readonly Row[], isRunning: boolean) {
  const [grown, setGrown] = useState<ReadonlySet<string> | undefined>(() =>
    isRunning ? new Set(rows.filter(saysSomething).map((row) => row.path)) : undefined,
  )
  const grow = (path: string): void => {
    if (rows.some((row) => row.path === path && saysSomething(row))) setGrown((before) => before && new Set(before).add(path))
  }
  return { grown, grow }
}

export function saysSomething({ run, state }: Row): boolean {
  return run !== undefined && (state === 'failed' || state === 'retrying' || state === 'cancelled')
}
