import { ExactNumber } from '@/lib/exactJson'
import { jsonLines, type Line, stepOf } from './jsonLines'

/** What a JSONPath found: a value, and the path it has in the whole. */
export interface Finding {
  path: string
  value: unknown
}

/** What a JSONPath (RFC 9535) finds, as lines. */
export async function queried(value: unknown, path: string): Promise<Line[]> {
  return (await findings(value, path)).flatMap((one) => jsonLines(one.value, one.path))
}

export async function findings(value: unknown, path: string): Promise<Finding[]> {
  const { query } = await import('json-p3')
  // Filters compare numbers: an exact one takes part as the nearest double, and is shown as it is.
  const nodes = query(path, plain(value) as never)
  return [...nodes].map(({ location }) => {
    const at = location.map((step) => (typeof step === 'number' ? `[${step}]` : stepOf(step))).join('')
    return { path: `$${at}`, value: memberAt(value, location) }
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
