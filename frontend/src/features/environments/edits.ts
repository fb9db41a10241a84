import { ExactNumber, jsonText, parseExact } from '@/lib/exactJson'
import type { Environment, EnvironmentIn } from './api/types'

export const KINDS = { text: 'text', number: 'number', flag: 'true or false', json: 'JSON' } as const
export type Kind = keyof typeof KINDS

/** A variable as it stands in the form. */
export interface VariableEdit {
  /** Tells rows apart while their names are typed. */
  key: string
  name: string
  kind: Kind
  text: string
}

/** What is to happen to a secret; its value is only ever typed, never read. */
export interface SecretEdit {
  key: string
  name: string
  /** Whether the environment has it now. */
  isSet: boolean
  value: string
  isDeleted: boolean
}

export interface Edits {
  description: string
  workerGroup: string
  variables: VariableEdit[]
  secrets: SecretEdit[]
}

export function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number' || value instanceof ExactNumber) return 'number'
  return typeof value === 'boolean' ? 'flag' : 'json'
}

export function editsOf(environment: Environment | undefined): Edits {
  return {
    description: environment?.description ?? '',
    workerGroup: environment?.worker_group ?? '',
    variables: Object.entries(environment?.variables ?? {}).map(([name, value]) => ({
      key: name,
      name,
      kind: kindOf(value),
      text: typeof value === 'string' ? value : jsonText(value),
    })),
    secrets: (environment?.secrets ?? []).map(({ name }) => ({ key: name, name, isSet: true, value: '', isDeleted: false })),
  }
}

/** Throws what is wrong with it. */
export function valueOf({ name, kind, text }: VariableEdit): unknown {
  if (kind === 'text') return text
  const plain = text.trim()
  if (kind === 'flag' && !/^(true|false)$/.test(plain)) throw new Error(`${name} is true or false.`)
  if (kind === 'number' && !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(plain)) throw new Error(`${name} is no number.`)
  try {
    return parseExact(plain)
  } catch {
    throw new Error(`${name} is no JSON.`)
  }
}

export interface Changes {
  body: Partial<EnvironmentIn>
  /** What is wrong, by key of the row. */
  wrong: Map<string, string>
  isDirty: boolean
}

const NAME = /^[A-Za-z_][\w-]{0,127}$/

/** What has to be sent so that the environment becomes what the form says; nothing that did not change. */
export function changesOf(before: Environment | undefined, edits: Edits): Changes {
  const wrong = new Map<string, string>()
  const variables: Record<string, unknown> = {}
  const secrets: Record<string, string | null> = {}
  const seen = new Set<string>()
  const check = (key: string, name: string): void => {
    if (!NAME.test(name)) wrong.set(key, 'A name has letters, digits, - and _, and begins with a letter or _.')
    else if (seen.has(name)) wrong.set(key, `There are two ${name}.`)
    seen.add(name)
  }
  for (const row of edits.variables) {
    check(row.key, row.name)
    try {
      const value = valueOf(row)
      const old = before?.variables[row.name]
      if (old === undefined || jsonText(old) !== jsonText(value)) variables[row.name] = value
    } catch (error) {
      wrong.set(row.key, (error as Error).message)
    }
  }
  const kept = new Set(edits.variables.map((row) => row.name))
  for (const name of Object.keys(before?.variables ?? {})) if (!kept.has(name)) variables[name] = null
  for (const row of edits.secrets) {
    if (row.isDeleted) {
      if (row.isSet) secrets[row.name] = null
      continue
    }
    check(row.key, row.name)
    if (row.value) {
      secrets[row.name] = row.value
      if (row.name in variables && variables[row.name] === null) Reflect.deleteProperty(variables, row.name)
    }
    else if (!row.isSet) wrong.set(row.key, 'A new secret needs its value.')
  }
  const body: Partial<EnvironmentIn> = { variables, secrets }
  if (edits.description !== (before?.description ?? '')) body.description = edits.description
  if (edits.workerGroup !== (before?.worker_group ?? '')) body.worker_group = edits.workerGroup
  const isDirty = Object.keys(variables).length + Object.keys(secrets).length > 0 || body.description !== undefined || body.worker_group !== undefined || wrong.size > 0
  return { body, wrong, isDirty }
}

export type Side = { kind: 'value'; text: string } | { kind: 'secret' } | { kind: 'missing' }

export interface Compared {
  name: string
  one: Side
  other: Side
  differs: boolean
}

/** Two environments name by name. Whether two secrets have the same value nobody can tell: they are never read. */
export function compared(one: Environment, other: Environment): Compared[] {
  const names = new Set([one, other].flatMap((side) => [...Object.keys(side.variables), ...side.secrets.map((secret) => secret.name)]))
  return [...names].sort().map((name) => {
    const [left, right] = [sideOf(one, name), sideOf(other, name)]
    return { name, one: left, other: right, differs: JSON.stringify(left) !== JSON.stringify(right) }
  })
}

function sideOf(environment: Environment, name: string): Side {
  if (Object.hasOwn(environment.variables, name)) return { kind: 'value', text: jsonText(environment.variables[name]) }
  return environment.secrets.some((secret) => secret.name === name) ? { kind: 'secret' } : { kind: 'missing' }
}
