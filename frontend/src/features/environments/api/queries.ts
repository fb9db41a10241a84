import { queryOptions } from '@tanstack/react-query'
import { get, post, write } from '@/lib/http'
import type { Environment, EnvironmentIn, Usage } from './types'

export const environmentQueries = {
  all: ['environments'] as const,

  list: queryOptions({
    queryKey: ['environments', 'list'],
    queryFn: async ({ signal }) => (await get<{ items: Environment[] }>('/environments', undefined, signal)).items,
  }),

  one: (name: string) =>
    queryOptions({
      queryKey: [...environmentQueries.all, 'one', name],
      queryFn: ({ signal }) => get<Environment>(`/environments/${encodeURIComponent(name)}`, undefined, signal),
    }),

  /** Which flows ran against these lately, by name. */
  usage: (names: readonly string[]) =>
    queryOptions({
      queryKey: [...environmentQueries.all, 'usage', names],
      queryFn: async ({ signal }) => {
        const found = await get<Usage[]>('/executions/environments', { environment: names }, signal)
        return new Map(found.map((one) => [one.environment, one]))
      },
      enabled: names.length > 0,
    }),
}

/** Without a tag it must be new. */
export function saveEnvironment(name: string, changes: Partial<EnvironmentIn>, tag: string | null): Promise<Environment> {
  const condition: Record<string, string> = tag === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${tag}"` }
  return write<Environment>('PUT', `/environments/${encodeURIComponent(name)}`, changes, condition)
}

export function renameEnvironment(name: string, next: string): Promise<Environment> {
  return post<Environment>(`/environments/${encodeURIComponent(name)}/rename`, { name: next })
}

export function deleteEnvironment(name: string): Promise<null> {
  return write<null>('DELETE', `/environments/${encodeURIComponent(name)}`)
}
