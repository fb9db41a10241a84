/** What of an execution is open. A link with these opens the same step, attempt, tab and value for everybody. */

export const STEP_TABS = ['summary', 'request', 'response', 'assertions', 'variables', 'attempts', 'raw'] as const
export type StepTab = (typeof STEP_TABS)[number]

export interface StepSearch {
  step?: string | undefined
  attempt?: number | undefined
  tab?: StepTab | undefined
  at?: string | undefined
  workspace?: string | undefined
}

export function readStepSearch(raw: Record<string, unknown>): StepSearch {
  const search: StepSearch = {}
  if (typeof raw.step === 'string' && raw.step) search.step = raw.step
  const attempt = Number(raw.attempt)
  if (Number.isInteger(attempt) && attempt > 0) search.attempt = attempt
  const tab = STEP_TABS.find((one) => one === raw.tab)
  if (tab) search.tab = tab
  if (typeof raw.at === 'string' && raw.at) search.at = raw.at
  if (typeof raw.workspace === 'string' && raw.workspace) search.workspace = raw.workspace
  return search
}
