import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { addressOf, get, getPlain, post, type Values, write } from '@/lib/http'
import { type FailureSearch, statesOf } from '../failureSearch'
import { queryOf, type Scope } from '../search'
import type { Coverage, Diagnosis, FlakyStep, FlowDurations, FlowRate, FlowSpeed, Group, GroupDetail, GroupPage, Incident, NamedRoute, Quarantine, Renamed, RouteOverride, RouteWish, ServiceCoverage, ServiceDocument, StepDurations, Tile, Trend, Words } from './types'

/** The sums are made twice a minute. */
const EVERY = 30_000
const MOST = 8
const PAGE = 50

function asked<T>(name: string, path: string, query: Values) {
  return queryOptions({
    queryKey: [...analyticsQueries.all, name, query],
    queryFn: ({ signal }) => getPlain<T>(`/analytics${path}`, query, signal),
    placeholderData: keepPreviousData,
    staleTime: EVERY,
    refetchInterval: EVERY,
  })
}

export const analyticsQueries = {
  all: ['analytics'] as const,
  words: queryOptions({
    queryKey: ['flows', 'words'],
    queryFn: ({ signal }) => get<Words>('/flows/-/words', undefined, signal),
    staleTime: 60_000,
  }),
  tiles: (scope: Scope) => asked<Tile[]>('tiles', '/tiles', queryOf(scope)),
  passRate: (scope: Scope) => asked<Trend>('pass rate', '/pass-rate', queryOf(scope)),
  passRateOfFlows: (scope: Scope) => asked<FlowRate[]>('pass rate of flows', '/pass-rate/flows', queryOf(scope)),
  passRateOfEnvironments: (scope: Scope) => asked<FlowRate[]>('pass rate of environments', '/pass-rate/environments', queryOf(scope)),
  flakySteps: (scope: Scope, health: string) => asked<FlakyStep[]>('flaky steps', '/flaky-steps', { ...queryOf(scope), health, order: 'lost' }),
  incidents: (scope: Scope) => asked<Incident[]>('incidents', '/incidents', queryOf(scope)),
  recurring: (scope: Scope) => asked<GroupPage>('recurring', '/failures', { ...queryOf(scope), recurring: 'true', state: 'open,acknowledged', limit: MOST }),
  durations: (scope: Scope) => asked<FlowSpeed[]>('durations', '/durations', queryOf(scope)),
  durationsOfFlow: (scope: Scope) => asked<FlowDurations>('durations of flow', '/durations/flow', queryOf(scope)),
  durationsOfStep: (scope: Scope, key: string) => asked<StepDurations>('durations of step', '/durations/step', { ...queryOf(scope), key }),
  coverage: (scope: Scope) => asked<Coverage>('coverage', '/coverage', queryOf(scope)),
  routes: (service: string) => asked<{ items: NamedRoute[] }>('routes', '/routes', { service }),
  routeOverrides: () => asked<{ items: RouteOverride[] }>('route overrides', '/route-overrides', {}),
  /** What saying it would change; nothing is kept by asking. */
  renamed: (order: RouteOrder) =>
    queryOptions({
      queryKey: [...analyticsQueries.all, 'renamed', order],
      queryFn: ({ signal }) => write<{ items: Renamed[] }>('POST', '/analytics/route-overrides/preview', order, {}, signal),
      retry: false,
      placeholderData: keepPreviousData,
    }),
  /** Text of our own making: it does not change while it is looked at. */
  draft: (service: string, operation: string) =>
    queryOptions({
      queryKey: ['analytics draft', service, operation],
      queryFn: ({ signal }) => get<{ text: string }>(`/analytics/services/${service}/draft`, { operation }, signal),
      staleTime: Infinity,
      retry: false,
    }),
  /** What the rules make of a failure: worked out when somebody looks, and worth keeping while they do. */
  diagnosis: (fingerprint: string) =>
    queryOptions({
      queryKey: ['analytics diagnosis', fingerprint],
      queryFn: ({ signal }) => getPlain<Diagnosis>(`/analytics/failures/${fingerprint}/diagnosis`, undefined, signal),
      staleTime: 600_000,
      retry: false,
    }),
  failure: (fingerprint: string) => asked<GroupDetail>('failure', `/failures/${fingerprint}`, {}),
  failures: (search: FailureSearch) =>
    infiniteQueryOptions({
      queryKey: [...analyticsQueries.all, 'failures', search],
      queryFn: ({ pageParam, signal }) =>
        getPlain<GroupPage>('/analytics/failures', { ...queryOf(search), state: statesOf(search.state), recurring: search.recurring ? 'true' : undefined, cursor: pageParam, limit: PAGE }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next,
      placeholderData: keepPreviousData,
      staleTime: EVERY,
    }),
}

/** Where the same answer comes as a table for spreadsheets. */
export function csvAddress(path: string, scope: Scope, more: Values = {}): string {
  return addressOf(`/analytics${path}`, { ...queryOf(scope), ...more, format: 'csv' })
}

export interface GroupChange {
  state?: 'open' | 'acknowledged' | 'resolved' | 'muted'
  category?: '' | 'service' | 'environment' | 'data' | 'timing'
  note?: string
}

export function changeGroup(fingerprint: string, change: GroupChange): Promise<Group> {
  return write<Group>('PATCH', `/analytics/failures/${fingerprint}`, change)
}

export interface DocumentOrder {
  protocol: 'http' | 'grpc'
  services: string[]
  text: string
}

export function putDocument(name: string, order: DocumentOrder): Promise<ServiceDocument> {
  return write<ServiceDocument>('PUT', `/analytics/services/${name}`, order)
}

export function removeDocument(name: string): Promise<null> {
  return write<null>('DELETE', `/analytics/services/${name}`)
}

/** Beside those that are left out already. */
export function excludeOperation(service: ServiceCoverage, operation: string, reason: string): Promise<ServiceDocument> {
  const before = service.operations.flatMap((one) => (one.excluded === null ? [] : [{ operation: `${one.operation} ${one.route}`, reason: one.excluded }]))
  return write<ServiceDocument>('PUT', `/analytics/services/${service.name}/exclusions`, { excluded: [...before, { operation, reason }] })
}

export interface RouteOrder {
  service: string
  patterns: string[]
  wish: RouteWish
}

export function overrideRoutes(order: RouteOrder): Promise<{ changed: number }> {
  return write<{ changed: number }>('PUT', '/analytics/route-overrides', order)
}

export function forgetOverride(id: number): Promise<null> {
  return write<null>('DELETE', `/analytics/route-overrides/${id}`)
}

export interface QuarantineOrder {
  flow: string
  step_key: string
  reason: string
  days: number
}

export function setQuarantine(order: QuarantineOrder): Promise<Quarantine> {
  return post<Quarantine>('/analytics/quarantines', order)
}

export function liftQuarantine(id: number): Promise<Quarantine> {
  return post<Quarantine>(`/analytics/quarantines/${id}/lift`)
}
