import { ExactNumber } from '@/lib/exactJson'
import { jsonLines, type Line, stepOf } from './jsonLines'

/** The values that a JSONPath (RFC 9535) finds, as lines with the paths they have in the whole. */
export async function queried(value: unknown, path: string): Promise<Line[]> {
  const { query } = await import('json-p3')
  // Filters compare numbers: an exact one takes part as the nearest double, and is shown as it is.
  const nodes = query(path, plain(value) as never)
  return [...nodes].flatMap(({ location }) => {
    const at = location.map((step) => (typeof step === 'number' ? `[${step}]` : stepOf(step))).join('')
    return jsonLines(memberAt(value, location), `$${at}`)
  })
}

function plain(value: unknown): unknown {
  if (value instanceof ExactNumber) return Number(value.text)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
}

function memberAt(value: unknown, location: readonly (string | number)[]): unknown {
  return location.reduce<unknown>((held, step) => (held as Record<string | number, unknown>)[step], value)
}
