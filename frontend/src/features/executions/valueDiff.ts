/** Where two recorded values differ, by path. Pure, and bounded: it stops at the first hundreds. */

import { ExactNumber, jsonText } from '@/lib/exactJson'
import { stepOf } from '@/ui/jsonLines'

export interface Difference {
  path: string
  /** undefined: it was not there. */
  before: unknown
  after: unknown
}

const MOST = 200
const DEEPEST = 60

export function differences(before: unknown, after: unknown, path = '$'): Difference[] {
  const found: Difference[] = []
  compare(found, before, after, path, 0)
  return found
}

function compare(found: Difference[], before: unknown, after: unknown, path: string, depth: number): void {
  if (found.length >= MOST || Object.is(before, after)) return
  const names = namesOf(before, after)
  if (names === null || depth > DEEPEST) {
    const isOneSided = before === undefined || after === undefined
    if (isOneSided || jsonText(before) !== jsonText(after)) found.push({ path, before, after })
    return
  }
  for (const name of names) {
    const step = Array.isArray(before) ? `[${name}]` : stepOf(name)
    compare(found, memberOf(before, name), memberOf(after, name), `${path}${step}`, depth + 1)
  }
}

/** The members of both, where both are lists or both are objects. */
function namesOf(before: unknown, after: unknown): string[] | null {
  if (!isHolder(before) || !isHolder(after) || Array.isArray(before) !== Array.isArray(after)) return null
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber)
}

function memberOf(value: unknown, name: string): unknown {
  return isHolder(value) && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}
