import { CATEGORIES, type Category, type Diagnosis } from './api'

export interface Cause {
  category: Category
  /** Of a hundred; null where nothing speaks for it. */
  percent: number | null
  says: string[]
  evidence: string[]
}

export const CAUSE_WORDS: Record<Category, string> = { service: 'Service', environment: 'Environment', data: 'Data', timing: 'Timing' }

/** The four causes, the likeliest first: what the rules say for each, and the evidence they stand on. */
export function causesOf({ rules, verdict }: Diagnosis): Cause[] {
  const causes = CATEGORIES.map((category): Cause => {
    const forIt = rules.filter((rule) => (rule.points[category] ?? 0) > 0).sort((one, other) => (other.points[category] ?? 0) - (one.points[category] ?? 0))
    return {
      category,
      percent: forIt.length > 0 ? Math.round((verdict.p[category] ?? 0) * 100) : null,
      says: [...new Set(forIt.map((rule) => rule.says))],
      evidence: [...new Set(forIt.flatMap((rule) => rule.evidence))],
    }
  })
  return causes.sort((one, other) => (other.percent ?? -1) - (one.percent ?? -1))
}

/** `inconclusive: service or timing` where the rules do not settle it. */
export function verdictWords({ verdict, rules }: Diagnosis): string {
  if (rules.length === 0) return 'no rule speaks for a cause'
  if (verdict.confidence === 'inconclusive') return `inconclusive: ${verdict.category} or ${verdict.runner_up}`
  return `${verdict.confidence} confidence`
}
