import { queryOptions } from '@tanstack/react-query'
import { get, post, write } from '@/lib/http'
import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Hook = Schemas['HookOut']
export type HookIn = Schemas['HookIn']
export type HookMade = Schemas['HookMadeOut']

const EVERY = 10_000

export const hookQueries = {
  all: ['hooks'] as const,

  list: queryOptions({
    queryKey: ['hooks', 'list'],
    queryFn: ({ signal }) => get<Schemas['HookPage']>('/hooks', undefined, signal),
    refetchInterval: EVERY,
  }),

  /** The last executions that it started. */
  calls: (name: string) =>
    queryOptions({
      queryKey: ['hooks', 'calls', name],
      queryFn: ({ signal }) => get<{ items: Schemas['ExecutionRow'][] }>('/executions', { q: callsOf(name), limit: 10 }, signal),
      refetchInterval: EVERY,
    }),
}

/** What the list of executions is asked for them. */
export function callsOf(name: string): string {
  return `trigger:webhook user:"${name.replaceAll('"', '')}"`
}

export const createHook = (order: HookIn) => post<HookMade>('/hooks', order)
export const editHook = (id: number, order: HookIn) => write<Hook>('PATCH', `/hooks/${id}`, order)
export const revokeHook = (id: number) => write<Hook>('DELETE', `/hooks/${id}`)
