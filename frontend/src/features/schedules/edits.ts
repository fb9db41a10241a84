import { jsonText, parseExact } from '@/lib/exactJson'
import type { Times } from './api/queries'
import type { Schedule, ScheduleIn } from './api/types'

export const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const
export type Unit = keyof typeof UNITS

export interface VariableEdit {
  key: string
  name: string
  /** Text, which takes the type of the flow's own value, or `=` and JSON. */
  text: string
}

/** What the form holds. */
export interface Edits {
  name: string
  description: string
  flow: string
  environment: string
  isCron: boolean
  cron: string
  every: string
  unit: Unit
  timezone: string
  misfire: ScheduleIn['misfire'] & string
  catchUp: string
  overlap: ScheduleIn['overlap'] & string
  jitter: string
  variables: VariableEdit[]
}

export function editsOf(schedule: Schedule | undefined, zone: string): Edits {
  const { every, unit } = intervalOf(schedule?.interval_seconds ?? 900)
  return {
    name: schedule?.name ?? '',
    description: schedule?.description ?? '',
    flow: schedule?.flow ?? '',
    environment: schedule?.environment ?? '',
    isCron: schedule?.interval_seconds == null,
    cron: schedule?.cron ?? '',
    every,
    unit,
    timezone: schedule?.timezone ?? zone,
    misfire: (schedule?.misfire ?? 'skip') as Edits['misfire'],
    catchUp: String(schedule?.catch_up ?? 5),
    overlap: (schedule?.overlap ?? 'skip') as Edits['overlap'],
    jitter: String(schedule?.jitter_seconds ?? 0),
    variables: [
      ...Object.entries(schedule?.text_variables ?? {}).map(([name, text]) => ({ key: name, name, text })),
      ...Object.entries(schedule?.variables ?? {}).map(([name, value]) => ({ key: name, name, text: `=${jsonText(value)}` })),
    ],
  }
}

/** In the largest unit that holds it whole. */
export function intervalOf(seconds: number): { every: string; unit: Unit } {
  const units = Object.entries(UNITS).reverse() as [Unit, number][]
  const [unit, size] = units.find(([, one]) => seconds % one === 0) ?? ['seconds', 1]
  return { every: String(seconds / size), unit }
}

/** What the preview is asked for; null while there is nothing to ask. */
export function timesOf({ isCron, cron, timezone, every, unit }: Edits): Times | null {
  if (isCron) return cron.trim() ? { cron: cron.trim(), timezone: timezone.trim() } : null
  const count = wholeNumber(every)
  return count === null ? null : { interval_seconds: count * UNITS[unit] }
}

export interface Order {
  body: ScheduleIn
  /** What is wrong, by field, or by key of the variable. */
  wrong: Map<string, string>
}

const NAME = /^[A-Za-z_][\w-]{0,127}$/

/** The schedule as the API wants it, and what keeps it from being sent. */
export function orderOf(edits: Edits): Order {
  const wrong = new Map<string, string>()
  const { variables, text_variables } = variablesOf(edits.variables, wrong)
  const number = (field: string, text: string): number => {
    const found = wholeNumber(text)
    if (found === null) wrong.set(field, 'Say a whole number.')
    return found ?? 0
  }
  const times = edits.isCron ? { cron: edits.cron.trim() } : { interval_seconds: number('every', edits.every) * UNITS[edits.unit] }
  const body = {
    name: edits.name.trim(),
    description: edits.description,
    flow: edits.flow.trim(),
    environment: edits.environment || null,
    variables,
    text_variables,
    ...times,
    timezone: edits.timezone.trim(),
    misfire: edits.misfire,
    catch_up: number('catchUp', edits.catchUp),
    overlap: edits.overlap,
    jitter_seconds: number('jitter', edits.jitter),
  }
  return { body, wrong }
}

export function isChanged(before: Edits, after: Edits): boolean {
  return JSON.stringify(before) !== JSON.stringify(after)
}

function variablesOf(rows: VariableEdit[], wrong: Map<string, string>) {
  const variables: Record<string, unknown> = {}
  const text_variables: Record<string, string> = {}
  for (const { key, name, text } of rows) {
    if (!NAME.test(name)) wrong.set(key, 'A name has letters, digits, - and _, and begins with a letter or _.')
    else if (name in variables || name in text_variables) wrong.set(key, `There are two ${name}.`)
    else if (!text.startsWith('=')) text_variables[name] = text
    else {
      try {
        variables[name] = parseExact(text.slice(1))
      } catch {
        wrong.set(key, `What follows = is no JSON.`)
      }
    }
  }
  return { variables, text_variables }
}

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null
}
