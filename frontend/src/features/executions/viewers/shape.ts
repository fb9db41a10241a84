/** Reading what an action recorded: its shape is the action's, and nothing here trusts it. */

import { ExactNumber, jsonText } from '@/lib/exactJson'
import { cellText as textOf } from '@/ui/itemSource'
import type { Attempt } from '../api/types'

export { textOf }

export type Fields = Record<string, unknown>

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber) ? (value as Fields) : null
}

export function field(value: unknown, name: string): unknown {
  const fields = fieldsOf(value)
  return fields && Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** A value as it stands in an expression: texts in quotes. */
export function shown(value: unknown): string {
  return value === undefined ? '' : jsonText(value)
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** How long a list of one side is, also where only its beginning came along. */
export function lengthOf(attempt: Attempt, part: 'request' | 'response', name: string): number {
  const shortened = attempt.shortened.find((one) => one.part === part && one.pointer === `/${name}`)
  return shortened?.total ?? listOf(field(attempt[part], name)).length
}

export function pairsOf(value: unknown): [string, string][] {
  const fields = fieldsOf(value)
  if (!fields) return []
  return Object.entries(fields).flatMap(([name, one]): [string, string][] =>
    Array.isArray(one) ? one.map((each) => [name, textOf(each)]) : [[name, textOf(one)]],
  )
}

/** `postgresql · shop@127.0.0.1:5017/shop`, of whatever of it is there. */
export function connectionText(connection: unknown): string {
  if (typeof connection === 'string') return connection
  const part = (name: string): string => textOf(field(connection, name) ?? '')
  const server = part('server') || (part('host') ? `${part('host')}${part('port') ? `:${part('port')}` : ''}` : part('address'))
  const who = part('username') ? `${part('username')}@` : ''
  const where = part('database') || part('db')
  return [part('type'), `${who}${server}${where ? `/${where}` : ''}`].filter(Boolean).join(' · ')
}
