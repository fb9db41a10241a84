import { useEffect, useState } from 'react'

/** Now, told every `every` milliseconds while `isTicking`. */
export function useNow(isTicking: boolean, every = 1000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isTicking) return
    const timer = window.setInterval(() => setNow(Date.now()), every)
    return () => window.clearInterval(timer)
  }, [isTicking, every])
  return now
}
