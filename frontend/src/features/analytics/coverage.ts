import type { Called, OperationCoverage, ServiceCoverage } from './api/types'
import { countText } from '@/lib/time'

export interface StatusChip {
  text: string
  /** Seen and declared, declared and never seen, seen and not declared. */
  kind: 'seen' | 'missing' | 'undocumented'
}

const GRPC = ['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED']

export function statusText(protocol: string, status: number): string {
  return protocol === 'grpc' ? (GRPC[status] ?? String(status)) : String(status)
}

export function chipsOf(protocol: string, one: Pick<OperationCoverage, 'statuses_seen' | 'statuses_missing' | 'statuses_undocumented'>): StatusChip[] {
  const isUndocumented = new Set(one.statuses_undocumented)
  return [
    ...one.statuses_seen.filter((status) => !isUndocumented.has(status)).map((status) => ({ text: statusText(protocol, status), kind: 'seen' as const })),
    ...one.statuses_missing.map((text) => ({ text, kind: 'missing' as const })),
    ...one.statuses_undocumented.map((status) => ({ text: statusText(protocol, status), kind: 'undocumented' as const })),
  ]
}

/** `GET /orders/{id}`, `warehouse.Stock/Levels`, `CONSUME orders.paid`. */
export function operationText(protocol: string, operation: string, route: string): string {
  return protocol === 'grpc' ? `${operation}/${route}` : [operation, route].filter(Boolean).join(' ')
}

const STATES: Record<string, string> = { covered: 'Covered', exercised: 'Called, not covered', defined: 'In a flow, not run', none: 'Not called' }

export function stateText(one: Pick<OperationCoverage, 'state' | 'excluded' | 'is_deprecated' | 'is_stale'>): string {
  if (one.excluded !== null) return 'Left out'
  if (one.is_stale) return 'Stale'
  return STATES[one.state] ?? one.state
}

/** What is worth doing something about. */
export function isOpen(one: Pick<OperationCoverage, 'state' | 'excluded' | 'is_deprecated'>): boolean {
  return one.state !== 'covered' && one.excluded === null && !one.is_deprecated
}

export function countsText(one: Pick<ServiceCoverage, 'declared' | 'covered' | 'exercised' | 'defined' | 'responses_declared' | 'responses_seen'>): string {
  const parts = [`${one.covered} of ${countText(one.declared, 'operation')} covered`, `${one.exercised} called`]
  if (one.defined > 0) parts.push(`${one.defined} only in flows`)
  if (one.responses_declared > 0) parts.push(`${one.responses_seen} of ${countText(one.responses_declared, 'declared answer')} seen`)
  return parts.join(' · ')
}

export interface ServiceCalls {
  protocol: string
  service: string
  calls: Called[]
}

/** The inventory as a tree: each service with what was called of it. */
export function byService(inventory: readonly Called[]): ServiceCalls[] {
  const found = new Map<string, ServiceCalls>()
  for (const call of inventory) {
    const key = `${call.protocol} ${call.service}`
    const own = found.get(key) ?? { protocol: call.protocol, service: call.service, calls: [] }
    own.calls.push(call)
    found.set(key, own)
  }
  return [...found.values()]
}
