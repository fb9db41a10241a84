import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useKeys } from '@/lib/keys'

/** `j` and `k` go through the steps that are shown, and so do the arrows while one of them has the focus. */
export function useRowKeys(box: HTMLElement | null, paths: readonly string[], openPath: string | undefined, onOpen: (path: string) => void) {
  const isFocusToFollow = useRef(false)
  const move = (by: number): void => {
    const at = openPath === undefined ? -1 : paths.indexOf(openPath)
    const next = paths[Math.min(Math.max(at + by, 0), paths.length - 1)]
    if (next !== undefined && next !== openPath) onOpen(next)
  }
  useKeys({ j: () => move(1), k: () => move(-1) })
  useEffect(() => {
    if (!isFocusToFollow.current || openPath === undefined) return
    isFocusToFollow.current = false
    box?.querySelector<HTMLElement>(rowOf(openPath))?.focus({ preventScroll: true })
  }, [box, openPath])
  return (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    if (!(event.target instanceof HTMLElement) || event.target.dataset.step === undefined) return
    event.preventDefault()
    isFocusToFollow.current = true
    move(event.key === 'ArrowDown' ? 1 : -1)
  }
}

export function rowOf(path: string): string {
  return `[data-step="${CSS.escape(path)}"]`
}
