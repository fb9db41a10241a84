import type { Rule, RuleIn } from './api'

export const KINDS = { webhook: 'Webhook, signed', slack: 'Slack, or what speaks like it', email: 'E-mail' } as const

export const OCCASIONS: Record<RuleIn['occasion'], string> = {
  failure: 'It fails, and the run before had not',
  every_failure: 'It fails, every time',
  recovery: 'It passes again',
  failures: 'So many of the last runs failed',
}

const TOLD: Record<string, string> = { failure: 'failed', every_failure: 'failed', recovery: 'passes again', failures: 'fails often', test: 'a test' }

/** What a message is about. */
export function toldText(occasion: string): string {
  return TOLD[occasion] ?? occasion
}

export function ruleText(rule: Rule): string {
  if (rule.occasion === 'failures') return `${rule.failures} of the last ${rule.of_last} runs failed`
  return OCCASIONS[rule.occasion as RuleIn['occasion']]
}

export function scopeText(rule: Rule): string {
  if (rule.flow) return `the flow ${rule.flow}`
  return rule.schedule_name ? `the schedule ${rule.schedule_name}` : 'every flow of the workspace'
}
