import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get } from './http'
import type { components } from './schema.gen'

type Flow = components['schemas']['FlowRowOut']
type Environment = components['schemas']['EnvironmentOut']

const FOUND = 20

/** The first few flows that a text finds. */
export function flowsNamed(text: string) {
  return queryOptions({
    queryKey: ['flows', 'named', text],
    queryFn: async ({ signal }) => (await get<{ items: Flow[] }>('/flows', { q: text, limit: FOUND }, signal)).items,
    placeholderData: keepPreviousData,
  })
}

export const environmentsQuery = queryOptions({
  queryKey: ['environments', 'list'],
  queryFn: async ({ signal }) => (await get<{ items: Environment[] }>('/environments', undefined, signal)).items,
  staleTime: 30_000,
})

/** The first hundred schedules, by name. */
export const schedulesQuery = queryOptions({
  queryKey: ['schedules', 'named'],
  queryFn: async ({ signal }) => (await get<{ items: components['schemas']['ScheduleOut'][] }>('/schedules', { limit: 100 }, signal)).items,
  staleTime: 30_000,
})
