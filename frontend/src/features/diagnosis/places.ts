/** Where on the pages a piece of evidence can be seen, and what its chip says. */

import { bodyPath } from '@/lib/bodyPath'
import { jsonText } from '@/lib/exactJson'
import type { Evidence } from './api'

const TABS = ['summary', 'request', 'response', 'assertions', 'attempts'] as const
type Tab = (typeof TABS)[number]

export type Place =
  | { kind: 'step'; step?: string; tab: Tab; at?: string | undefined }
  | { kind: 'compare'; with: number }
  | { kind: 'execution'; id: number }
  | { kind: 'group' }

export type StepPlace = Place & { kind: 'step' }

export function placeOf(item: Evidence): Place | null {
  switch (item.type) {
    case 'failure':
    case 'latency':
      return { kind: 'step', tab: 'attempts' }
    case 'assertion': {
      const path = listOf(item.data.sources).map((one) => bodyPath(String(one))).find((one) => one !== undefined)
      return path ? { kind: 'step', tab: 'response', at: path } : { kind: 'step', tab: 'assertions' }
    }
    case 'fingerprint':
      return { kind: 'group' }
    case 'change':
      return numberOf(item.data.since, (id) => ({ kind: 'compare', with: id }))
    case 'history':
      return numberOf(item.data.last_pass, (id) => ({ kind: 'execution', id }))
    default:
      return asTold(item)
  }
}

/** What the server says of the place: a step, one of its tabs, a value in that. */
function asTold({ place }: Evidence): Place | null {
  const tab = TABS.find((one) => one === place?.tab)
  return place && tab ? { kind: 'step', step: place.step, tab, at: place.path || undefined } : null
}

/** A few words; the sentence is the chip's title. */
export function chipText(item: Evidence): string {
  switch (item.type) {
    case 'failure':
      return textOf(item.data.code) ?? textOf(item.data.kind) ?? 'failure'
    case 'assertion':
      return textOf(item.data.expression) ?? 'assertion'
    case 'request':
      return [textOf(item.data.operation), textOf(item.data.route)].filter(Boolean).join(' ') || 'request'
    case 'response_excerpt':
      return 'response'
    case 'history':
      return `${jsonText(item.data.pass)} of ${jsonText(item.data.n)} passed`
    case 'fingerprint':
      return `seen ${jsonText(item.data.count)} ×`
    case 'diff':
      return 'usual values'
    case 'latency':
      return `${Math.round(Number(item.data.ms))} ms`
    case 'fleet':
      return typeof item.data.flows === 'number' ? `${item.data.flows} flows` : 'another run'
    case 'change':
      return 'since last pass'
    case 'shape':
      return textOf(item.data.path) ?? item.type
    case 'input':
      return textOf(item.data.path) ?? 'same request'
    case 'inputs':
      return textOf(item.data.name) ?? 'input'
    case 'request_sent':
      return 'request'
    case 'response_differences':
    case 'request_differences':
      return item.type === 'response_differences' ? 'response differs' : 'request differs'
    case 'definition':
      return 'the step'
    case 'made':
      return textOf(item.data.step) ?? 'made before'
    case 'hours':
      return 'time of day'
    case 'other_env':
      return textOf(item.data.environment) ?? 'elsewhere'
    case 'absence':
      return 'never passed here'
    default:
      return item.type.replaceAll('_', ' ')
  }
}

function numberOf(value: unknown, place: (id: number) => Place): Place | null {
  return typeof value === 'number' ? place(value) : null
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
