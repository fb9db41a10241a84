import { useState } from 'react'

/** A number that this browser remembers. Where it may not keep anything, it is forgotten with the page. */
export function useRememberedNumber(name: string, otherwise: number): [number, (value: number) => void] {
  const [value, setValue] = useState(() => {
    const kept = Number(read(name))
    return Number.isFinite(kept) && kept > 0 ? kept : otherwise
  })
  const remember = (next: number): void => {
    setValue(next)
    write(name, String(next))
  }
  return [value, remember]
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(`stepwell.${name}`)
  } catch {
    return null
  }
}

function write(name: string, text: string): void {
  try {
    localStorage.setItem(`stepwell.${name}`, text)
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}
