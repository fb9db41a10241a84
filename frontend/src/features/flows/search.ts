/** What the list of flows is narrowed to; the address of the page is the state. */
export interface FlowListSearch {
  q?: string | undefined
  tag?: string | undefined
  suite?: string | undefined
  archived?: boolean | undefined
  workspace?: string | undefined
}

export function readFlowListSearch(raw: Record<string, unknown>): FlowListSearch {
  const search: FlowListSearch = {}
  for (const name of ['q', 'tag', 'suite', 'workspace'] as const) {
    const value = raw[name]
    if ((typeof value === 'string' || typeof value === 'number') && String(value)) search[name] = String(value)
  }
  if (raw.archived === true) search.archived = true
  return search
}

/** Which side panel of the editor is open, and the versions that are compared. */
export interface FlowSearch {
  panel?: 'run' | undefined
  step?: string | undefined
  workspace?: string | undefined
}

export function readFlowSearch(raw: Record<string, unknown>): FlowSearch {
  const search: FlowSearch = {}
  if (raw.panel === 'run') search.panel = 'run'
  if (typeof raw.step === 'string' && raw.step) search.step = raw.step
  if (typeof raw.workspace === 'string' && raw.workspace) search.workspace = raw.workspace
  return search
}

export interface VersionsSearch {
  /** The earlier and the later version of a comparison. */
  from?: number | undefined
  to?: number | undefined
  view?: 'unified' | undefined
  workspace?: string | undefined
}

export function readVersionsSearch(raw: Record<string, unknown>): VersionsSearch {
  const search: VersionsSearch = {}
  for (const name of ['from', 'to'] as const) {
    const value = Number(raw[name])
    if (Number.isInteger(value) && value > 0) search[name] = value
  }
  if (raw.view === 'unified') search.view = 'unified'
  if (typeof raw.workspace === 'string' && raw.workspace) search.workspace = raw.workspace
  return search
}

/** The operation of a service that a new flow begins with. */
export interface NewFlowSearch {
  service?: string | undefined
  operation?: string | undefined
}

export function readNewFlowSearch(raw: Record<string, unknown>): NewFlowSearch {
  const { service, operation } = raw
  return typeof service === 'string' && typeof operation === 'string' && service && operation ? { service, operation } : {}
}
