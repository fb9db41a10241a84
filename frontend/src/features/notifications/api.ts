import { queryOptions } from '@tanstack/react-query'
import { get, post, write } from '@/lib/http'
import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Target = Schemas['TargetOut']
export type TargetIn = Schemas['TargetIn']
export type Rule = Schemas['RuleOut']
export type RuleIn = Schemas['RuleIn']
export type Delivery = Schemas['DeliveryOut']

const PAGE = 50
const EVERY = { pending: 2000, calm: 15_000 }

export const notificationQueries = {
  all: ['notifications'] as const,

  targets: queryOptions({
    queryKey: ['notifications', 'targets'],
    queryFn: ({ signal }) => get<Schemas['TargetPage']>('/notifications/targets', undefined, signal),
  }),

  rules: queryOptions({
    queryKey: ['notifications', 'rules'],
    queryFn: ({ signal }) => get<Schemas['RulePage']>('/notifications/rules', undefined, signal),
  }),

  deliveries: (status: string, cursor: string | undefined) =>
    queryOptions({
      queryKey: [...notificationQueries.all, 'deliveries', status, cursor],
      queryFn: ({ signal }) => get<Schemas['DeliveryPage']>('/notifications/deliveries', { status, cursor, limit: PAGE }, signal),
      refetchInterval: ({ state }) => (state.data?.items.some((one) => one.status === 'pending') ? EVERY.pending : EVERY.calm),
    }),
}

export const createTarget = (order: TargetIn) => post<Schemas['TargetMadeOut']>('/notifications/targets', order)
export const editTarget = (id: number, changes: { name?: string; address?: string }) => write<Target>('PATCH', `/notifications/targets/${id}`, changes)
export const testTarget = (id: number) => post<Delivery>(`/notifications/targets/${id}/test`)
export const deleteTarget = (id: number) => write<null>('DELETE', `/notifications/targets/${id}`)
export const createRule = (order: RuleIn) => post<Rule>('/notifications/rules', order)
export const editRule = (id: number, order: RuleIn) => write<Rule>('PATCH', `/notifications/rules/${id}`, order)
export const deleteRule = (id: number) => write<null>('DELETE', `/notifications/rules/${id}`)
export const sendAgain = (id: number) => post<Delivery>(`/notifications/deliveries/${id}/resend`)
