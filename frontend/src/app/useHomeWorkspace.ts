import { useEffect } from 'react'
import { Problem } from '@/lib/http'
import { hereIn } from '@/lib/workspace'

/** Whether what was asked for is in another workspace of the reader's. */
export function belongsElsewhere(error: Error | null): string | null {
  const workspace = error instanceof Problem && error.code === 'in_another_workspace' ? error.told.workspace : null
  return typeof workspace === 'string' ? workspace : null
}

/** A link to something in another workspace of mine opens in that workspace. */
export function useHomeWorkspace(error: Error | null): void {
  const home = belongsElsewhere(error)
  useEffect(() => {
    if (home !== null) location.replace(hereIn(home, location))
  }, [home])
}
