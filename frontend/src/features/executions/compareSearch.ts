/** What of a comparison is open. The address is the state: a link with these shows the same to everybody. */

export const COMPARED_PARTS = ['response', 'request', 'assertions', 'timing'] as const
export type ComparedPart = (typeof COMPARED_PARTS)[number]

export interface CompareSearch {
  /** The other run; without it, the last pass. */
  with?: number | undefined
  step?: string | undefined
  part?: ComparedPart | undefined
  all?: boolean | undefined
  workspace?: string | undefined
}

export function readCompareSearch(raw: Record<string, unknown>): CompareSearch {
  const search: CompareSearch = {}
  const other = Number(raw.with)
  if (Number.isSafeInteger(other) && other > 0) search.with = other
  if (typeof raw.step === 'string' && raw.step) search.step = raw.step
  const part = COMPARED_PARTS.find((one) => one === raw.part)
  if (part) search.part = part
  if (raw.all === true || raw.all === 'true') search.all = true
  if (typeof raw.workspace === 'string' && raw.workspace) search.workspace = raw.workspace
  return search
}
