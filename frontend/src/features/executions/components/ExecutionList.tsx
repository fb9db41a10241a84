import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useNow } from '@/lib/clock'
import { useKeys } from '@/lib/keys'
import { countText } from '@/lib/time'
import { Icon } from '@/ui/Icon'
import type { Execution } from '../api/types'
import type { Selection } from '../hooks/useSelection'
import { statusLook } from '../status'
import { ExecutionRow } from './ExecutionRow'
import { ListHead } from './ListHead'
import styles from './ExecutionList.module.css'

interface Props {
  executions: Execution[]
  onOpen: (id: number) => void
  /** A new search or page begins with all its rows; after that new runs wait in the pill. */
  searchKey: string
  isOld: boolean
  selection: Selection
}

export function ExecutionList({ executions, onOpen, searchKey, isOld, selection }: Props) {
  const { shown, waiting, admit } = useAdmitted(executions, searchKey, isOld)
  const [current, setCurrent] = useState<number | null>(null)
  const body = useRef<HTMLDivElement>(null)
  const now = useNow(shown.some((one) => !statusLook(one.status).final))
  const fresh = useChanged(shown)
  const shownIds = shown.map((one) => one.id)
  const toggle = useRef(selection.toggle)
  useEffect(() => {
    toggle.current = selection.toggle
  })
  const select = useCallback((id: number) => toggle.current(id), [])
  const move = (by: number): void => {
    const at = shown.findIndex((one) => one.id === current)
    const next = shown[at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1)]
    if (!next) return
    setCurrent(next.id)
    body.current?.querySelector<HTMLElement>(`[data-execution="${next.id}"] a`)?.focus()
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (current !== null) onOpen(current)
    },
    x: () => {
      if (current !== null) selection.toggle(current)
    },
    Escape: () => selection.clear(),
  })
  return (
    <section aria-label="Runs" className={styles.list}>
      <ListHead selection={selection} shown={shownIds} />
      <div className={styles.pillPlace} aria-live="polite">
        {waiting > 0 && (
          <button type="button" className={styles.pill} onClick={admit}>
            <Icon name="up" size={14} />
            {countText(waiting, 'new run')}
          </button>
        )}
      </div>
      <div ref={body} className={isOld ? styles.old : ''}>
        {shown.map((execution) => (
          <ExecutionRow
            key={execution.id}
            execution={execution}
            isCurrent={execution.id === current}
            isFresh={fresh.has(execution.id)}
            isSelected={selection.ids.has(execution.id)}
            onSelect={select}
            now={statusLook(execution.status).final ? 0 : now}
          />
        ))}
      </div>
    </section>
  )
}

/** Rows update in place and never jump: what is newer than the newest row shown waits until it is asked for. */
function useAdmitted(executions: Execution[], searchKey: string, isOld: boolean) {
  const [admitted, setAdmitted] = useState<{ key: string; newest: number }>({ key: '', newest: 0 })
  const top = executions[0]?.id ?? 0
  if (admitted.key !== searchKey && !isOld) setAdmitted({ key: searchKey, newest: top })
  const newest = admitted.key === searchKey && admitted.newest > 0 ? admitted.newest : top
  const shown = useMemo(() => executions.filter((one) => one.id <= newest), [executions, newest])
  return { shown, waiting: executions.length - shown.length, admit: () => setAdmitted({ key: searchKey, newest: top }) }
}

/** Ids of the rows whose status is not what it was at the last drawing. */
function useChanged(executions: Execution[]): Set<number> {
  const [seen, setSeen] = useState({ of: executions, changed: new Set<number>() })
  if (seen.of !== executions) {
    const before = new Map(seen.of.map((one) => [one.id, one.status]))
    const changed = executions.filter((one) => (before.get(one.id) ?? one.status) !== one.status)
    setSeen({ of: executions, changed: new Set(changed.map((one) => one.id)) })
  }
  return seen.changed
}
