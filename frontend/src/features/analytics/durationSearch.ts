import { readScope, type Scope } from './search'

/** Which step of the flow is looked at. */
export interface DurationSearch extends Scope {
  step?: string | undefined
}

export function readDurationSearch(raw: Record<string, unknown>): DurationSearch {
  const search: DurationSearch = readScope(raw)
  if (typeof raw.step === 'string' && raw.step && search.flow) search.step = raw.step
  return search
}
