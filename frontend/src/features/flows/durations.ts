/** Durations as flows write them: `300ms`, `2s`, `1m30s`, `1.5h`, or a number of seconds. */

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/y

/** In seconds; null for what is none. */
export function parseDuration(text: string): number | null {
  const plain = text.trim().toLowerCase()
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain) > 0 ? Number(plain) : null
  let at = 0
  let seconds = 0
  while (at < plain.length) {
    PART.lastIndex = at
    const part = PART.exec(plain)
    if (!part) return null
    seconds += Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0)
    at = PART.lastIndex
  }
  return seconds > 0 ? seconds : null
}

export function secondsText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)}ms`
  const parts: [number, string][] = [[Math.floor(seconds / 3600), 'h'], [Math.floor((seconds % 3600) / 60), 'm'], [Math.round((seconds % 60) * 1000) / 1000, 's']]
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`).join('')
}
