/** What the list is narrowed to. The address of the page is the state; `q` is a search as docs/search.md says. */
export interface ListSearch {
  q?: string | undefined
  workspace?: string | undefined
  cursor?: string | undefined
}

export function readListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {}
  for (const name of ['q', 'workspace', 'cursor'] as const) {
    const value = raw[name]
    if ((typeof value === 'string' || typeof value === 'number') && String(value)) search[name] = String(value)
  }
  return search
}

const TERM = /-?(?:[A-Za-z][\w.-]*:)?(?:"[^"]*"?|[^\s"])+/g

/** The terms of a search as they are written, quotes and all. */
export function termsOf(q: string): string[] {
  return q.match(TERM) ?? []
}

export function valuesOf(q: string, word: string): string[] {
  const term = termsOf(q).find((one) => one.startsWith(`${word}:`))
  return term ? term.slice(word.length + 1).split(',').filter(Boolean) : []
}

/** The search with this word set to these values; none of them takes it out. */
export function withValues(q: string, word: string, values: string[]): string {
  const kept = termsOf(q).filter((one) => !one.startsWith(`${word}:`))
  return [...kept, ...(values.length > 0 ? [`${word}:${values.join(',')}`] : [])].join(' ')
}

export function withoutTerm(q: string, index: number): string {
  return termsOf(q).toSpliced(index, 1).join(' ')
}
