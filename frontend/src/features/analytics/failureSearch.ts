import { readScope, type Scope } from './search'

const STATES = ['open', 'acknowledged', 'resolved', 'muted', 'all'] as const
export type StateChoice = (typeof STATES)[number]

/** Which failures are listed: without a state, those that are nobody's or somebody's work. */
export interface FailureSearch extends Scope {
  state?: StateChoice | undefined
  recurring?: boolean | undefined
}

export function readFailureSearch(raw: Record<string, unknown>): FailureSearch {
  const search: FailureSearch = readScope(raw)
  const state = STATES.find((one) => one === raw.state)
  if (state) search.state = state
  if (raw.recurring === true) search.recurring = true
  return search
}

export function statesOf(state: StateChoice | undefined): string {
  if (state === 'all') return ''
  return state ?? 'open,acknowledged'
}
