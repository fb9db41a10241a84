/** What the list is narrowed to. The address of the page is the state. */
export interface ListSearch {
  q?: string | undefined
  status?: string | undefined
  flow?: string | undefined
  environment?: string | undefined
  trigger?: string | undefined
  since?: string | undefined
  until?: string | undefined
  workspace?: string | undefined
  cursor?: string | undefined
}

const NAMES = ['q', 'status', 'flow', 'environment', 'trigger', 'since', 'until', 'workspace', 'cursor'] as const

export function readListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {}
  for (const name of NAMES) {
    const value = raw[name]
    if ((typeof value === 'string' || typeof value === 'number') && String(value)) search[name] = String(value)
  }
  return search
}

/** Times in the address are local, as the fields write them; the API takes them in UTC. */
export function asUtc(local: string | undefined): string | undefined {
  if (!local) return undefined
  const moment = new Date(local)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}
