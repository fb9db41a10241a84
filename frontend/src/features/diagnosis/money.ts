/** Of an analysis: the line that says what it took. */

import type { Analysis } from './analysis'

export function costText(cost: Analysis['cost']): string | null {
  if (cost === null) return null
  const dollars = Number(cost)
  return dollars < 0.01 ? `${(dollars * 100).toFixed(2)} ¢` : `$${dollars.toFixed(2)}`
}

export function tokensText({ input_tokens: input, output_tokens: output }: Analysis): string | null {
  if (input === null || output === null) return null
  const sum = input + output
  return sum < 1000 ? `${sum} tokens` : `${(sum / 1000).toFixed(1)}k tokens`
}

export function secondsText({ started_at: start, finished_at: end }: Analysis, now: number): string | null {
  if (start === null) return null
  // The clocks of two machines differ; nothing has taken less than no time.
  const seconds = ((end ? Date.parse(end) : now) - Date.parse(start)) / 1000
  return `${Math.max(0, seconds).toFixed(1)} s`
}

/** `2 h ago`, for people who wonder whether it is still true. */
export function agoText(at: string, now: number): string {
  const minutes = Math.max(0, Math.round((now - Date.parse(at)) / 60_000))
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  return minutes < 2880 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} days ago`
}
