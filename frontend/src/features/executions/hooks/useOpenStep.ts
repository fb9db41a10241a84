import { useCallback, useState } from 'react'
import type { Snapshot } from '../api/types'
import { statusLook } from '../status'
import type { StepSearch } from '../stepSearch'
import { stepToOpen } from '../timeline'

/** The step of the address, else the one to look at; while it runs that is the live edge, until somebody scrolls away. */
export function useOpenStep(snapshot: Snapshot, search: StepSearch, onSearch: (change: Partial<StepSearch>) => void) {
  const [stayed, setStayed] = useState<string | null>(null)
  const edge = stepToOpen(snapshot)
  const openPath = search.step ?? stayed ?? edge
  const open = useCallback(
    (path: string) => {
      setStayed(null)
      onSearch({ step: path, attempt: undefined, at: undefined })
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- navigating is stable; rows must not be drawn anew for it
    [snapshot.execution.id],
  )
  return {
    openPath,
    isFollowing: !search.step && stayed === null,
    open,
    follow: () => {
      setStayed(null)
      onSearch({ step: undefined, attempt: undefined, at: undefined, tab: undefined })
    },
    stay: () => {
      if (!search.step && !statusLook(snapshot.execution.status).final) setStayed((before) => before ?? edge ?? null)
    },
  }
}
