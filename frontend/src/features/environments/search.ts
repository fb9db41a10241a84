/** The two environments that are compared. */
export interface EnvironmentSearch {
  one?: string | undefined
  other?: string | undefined
}

export function readEnvironmentSearch(raw: Record<string, unknown>): EnvironmentSearch {
  const search: EnvironmentSearch = {}
  for (const name of ['one', 'other'] as const) {
    const value = raw[name]
    if (typeof value === 'string' && value) search[name] = value
  }
  return search
}
