import { useEffect } from 'react'
import { statusLook } from '../status'

const COLOURS: Record<string, string> = { passed: '#37966a', failed: '#d93644', running: '#2f80d8', timed_out: '#d1571b', cancelled: '#808997', queued: '#7f8794' }

/** The tab's title and icon carry the status, for who waits elsewhere. */
export function useTabMark(status: string | undefined, name: string): void {
  useEffect(() => {
    if (status === undefined) return
    document.title = `${statusLook(status).label}: ${name} – Stepwell`
    const icon = document.getElementById('icon')
    const shape = status === 'failed' ? '<rect width="16" height="16" rx="3"/>' : '<circle cx="8" cy="8" r="7"/>'
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="${COLOURS[status] ?? '#7f8794'}">${shape}</svg>`
    icon?.setAttribute('href', `data:image/svg+xml,${encodeURIComponent(drawing)}`)
    return () => icon?.setAttribute('href', 'data:,')
  }, [status, name])
}
