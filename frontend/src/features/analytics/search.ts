import type { Values } from '@/lib/http'

/** What the numbers are about; the address of the page is the state. */
export interface Scope {
  flow?: string | undefined
  env?: string | undefined
  tag?: string | undefined
  trigger?: string | undefined
  days?: number | undefined
  /** The last so many, instead of days: a point is an hour. */
  hours?: number | undefined
  since?: string | undefined
  until?: string | undefined
  workspace?: string | undefined
}

export const USUAL_DAYS = 30
const LONGEST = 400
const MOST_HOURS = 48
const DAY = /^\d{4}-\d{2}-\d{2}$/

export function readScope(raw: Record<string, unknown>): Scope {
  const scope: Scope = {}
  for (const name of ['flow', 'env', 'tag', 'trigger', 'workspace'] as const) {
    const value = raw[name]
    if ((typeof value === 'string' || typeof value === 'number') && String(value)) scope[name] = String(value)
  }
  for (const name of ['since', 'until'] as const) {
    const value = raw[name]
    if (typeof value === 'string' && DAY.test(value)) scope[name] = value
  }
  const hours = Number(raw.hours)
  if (Number.isInteger(hours) && hours >= 1 && hours <= MOST_HOURS && !scope.since && !scope.until) scope.hours = hours
  const days = Number(raw.days)
  if (Number.isInteger(days) && days >= 1 && days <= LONGEST && days !== USUAL_DAYS && !scope.since && !scope.hours) scope.days = days
  return scope
}

/** The same for the API. */
export function queryOf(scope: Scope): Values {
  const { flow, env, tag, trigger, days, hours, since, until } = scope
  return { flow, environment: env, tag, trigger, since, until, hours, days: since || hours ? undefined : (days ?? USUAL_DAYS) }
}

/** For what is only counted by day: the days that the hours touch. */
export function wholeDays(scope: Scope, now = new Date()): Scope {
  if (!scope.hours) return scope
  const first = new Date(now.getTime() - (scope.hours - 1) * 3_600_000)
  const days = Math.round((Date.parse(now.toISOString().slice(0, 10)) - Date.parse(first.toISOString().slice(0, 10))) / 86_400_000) + 1
  return { ...scope, hours: undefined, days }
}

/** `30 days`, `4 Mar to 11 Mar`: for headings and for those who hear the page. */
export function periodText({ days, hours, since, until }: Scope): string {
  if (hours) return `last ${hours} hours`
  if (!since) return until ? `until ${until}` : `last ${days ?? USUAL_DAYS} days`
  return until ? `${since} to ${until}` : `since ${since}`
}
