import { ExactNumber, jsonText, parseExact } from '@/lib/exactJson'
import type { Environment, Version } from './api/types'

/** A variable somebody may set for one run. */
export interface Row {
  name: string
  /** What is typed; empty leaves it as it is. */
  text: string
  /** What it is without that, and who says so. */
  before: { value: unknown; from: 'flow' | 'environment' | 'secret' } | null
  isOwn: boolean
}

const NAME = /^[A-Za-z_][\w-]*$/

/** The flow's own variables, then what the environment has besides: an environment wins over the flow. */
export function rowsOf(version: Pick<Version, 'env'> | undefined, environment: Environment | undefined): Row[] {
  const rows = new Map<string, Row>()
  const put = (name: string, value: unknown, from: NonNullable<Row['before']>['from']): void =>
    void rows.set(name, { name, text: '', before: { value, from }, isOwn: false })
  for (const [name, value] of Object.entries(version?.env ?? {})) put(name, value, 'flow')
  for (const [name, value] of Object.entries(environment?.variables ?? {})) put(name, value, 'environment')
  for (const secret of environment?.secrets ?? []) put(secret.name, null, 'secret')
  return [...rows.values()]
}

/** Typed text as the kind of value it replaces; text where there was none, and JSON behind `=`. Throws what is wrong. */
export function typedValue(row: Pick<Row, 'name' | 'text' | 'before'>): unknown {
  const { text, before } = row
  if (text.startsWith('=')) return parsed(text.slice(1), `After = comes JSON: =3, =true or =["a"].`)
  const value = before?.value
  if (typeof value === 'number' || value instanceof ExactNumber) {
    if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim())) throw new Error(`${row.name} is a number, as in ${jsonText(value)}.`)
    return parsed(text.trim(), `${row.name} is a number.`)
  }
  if (typeof value === 'boolean') {
    if (!/^(true|false)$/i.test(text.trim())) throw new Error(`${row.name} is true or false.`)
    return text.trim().toLowerCase() === 'true'
  }
  if (typeof value === 'object' && value !== null) return parsed(text, `${row.name} is ${Array.isArray(value) ? 'a list' : 'an object'}: write JSON.`)
  return text
}

function parsed(text: string, otherwise: string): unknown {
  try {
    return parseExact(text)
  } catch {
    throw new Error(otherwise)
  }
}

export interface Variables {
  values: Record<string, unknown>
  /** By name of the row. */
  wrong: Map<string, string>
}

export function variablesOf(rows: Row[]): Variables {
  const found: Variables = { values: {}, wrong: new Map() }
  for (const row of rows) {
    if (!row.text) continue
    try {
      if (!NAME.test(row.name)) throw new Error('A name has letters, digits, - and _, and begins with a letter or _.')
      found.values[row.name] = typedValue(row)
    } catch (error) {
      found.wrong.set(row.name, (error as Error).message)
    }
  }
  return found
}

/** `commit=4f2a1c9 branch=main`; null when a part has no `=`. */
export function labelsOf(text: string): Record<string, string> | null {
  const found: Record<string, string> = {}
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const at = part.indexOf('=')
    if (at < 1) return null
    found[part.slice(0, at)] = part.slice(at + 1)
  }
  return found
}

/** A value as it stands in a field. */
export function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value)
}
