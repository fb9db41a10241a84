import type { Diagnosis, Group, GroupDetail } from './api/types'
import { countText } from '@/lib/time'
import type { Tone } from '@/ui/StatusIcon'

export const STATES: Record<string, { label: string; tone: Tone }> = {
  open: { label: 'Open', tone: 'fail' },
  acknowledged: { label: 'Acknowledged', tone: 'run' },
  resolved: { label: 'Resolved', tone: 'pass' },
  muted: { label: 'Muted', tone: 'skip' },
}

export function stateLook(state: string): { label: string; tone: Tone } {
  return STATES[state] ?? { label: state, tone: 'wait' }
}

export const CATEGORIES: Record<string, string> = { service: 'Service', environment: 'Environment', data: 'Data', timing: 'Timing' }

export function categoryText(category: string): string {
  return CATEGORIES[category] ?? ''
}

/** What fails, in the words of the last one. */
export function groupText(group: Pick<Group, 'sample' | 'text' | 'sub' | 'kind'>): string {
  return group.sample.split('\n', 1)[0] || group.text || group.sub || group.kind
}

export function whereText(group: Pick<Group, 'flows' | 'flow_name' | 'environments'>): string {
  const flows = group.flows > 1 ? countText(group.flows, 'flow') : group.flow_name
  const names = group.environments.map((one) => one || 'no environment')
  return `${flows}, ${names.length > 2 ? countText(names.length, 'environment') : names.join(' and ')}`
}

/** The newest that a retry did not overcome: of such a one it can be asked why it failed. */
export function newestFailed(occurrences: GroupDetail['occurrences']): GroupDetail['occurrences'][number] | undefined {
  return occurrences.find((one) => !one.is_recovered)
}

export interface Cause {
  /** What is likely; two where it is not clear. */
  name: string
  says: string
  isSure: boolean
}

/** What the rules make of it: the cause, and what speaks for it most. */
export function causeOf({ verdict, rules }: Pick<Diagnosis, 'verdict' | 'rules'>): Cause | null {
  if (rules.length === 0) return null
  const isSure = verdict.confidence !== 'inconclusive'
  const points = (rule: (typeof rules)[number]): number => rule.points[verdict.category] ?? 0
  const strongest = rules.reduce((best, one) => (points(one) > points(best) ? one : best))
  const name = isSure ? categoryText(verdict.category) : `${categoryText(verdict.category)} or ${verdict.runner_up}`
  return { name, says: points(strongest) > 0 ? strongest.says : '', isSure }
}
