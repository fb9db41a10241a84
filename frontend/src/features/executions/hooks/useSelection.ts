import { useState } from 'react'

export interface Selection {
  ids: ReadonlySet<number>
  /** Everything that the search finds, seen or not. */
  isAll: boolean
  toggle: (id: number) => void
  toggleShown: () => void
  selectAll: () => void
  clear: () => void
}

/** Rows that were chosen for an order to many. A new search begins with none. */
export function useSelection(shown: readonly number[], searchKey: string): Selection {
  const [state, setState] = useState({ key: searchKey, ids: new Set<number>(), isAll: false })
  const current = state.key === searchKey ? state : { key: searchKey, ids: new Set<number>(), isAll: false }
  const set = (ids: Set<number>, isAll = false): void => setState({ key: searchKey, ids, isAll })
  const areAllShown = shown.length > 0 && shown.every((id) => current.ids.has(id))
  return {
    ids: current.ids,
    isAll: current.isAll,
    toggle: (id) => {
      const ids = new Set(current.ids)
      if (!ids.delete(id)) ids.add(id)
      set(ids)
    },
    toggleShown: () => set(areAllShown ? new Set() : new Set(shown)),
    selectAll: () => set(new Set(shown), true),
    clear: () => set(new Set()),
  }
}
