import { queryOptions } from '@tanstack/react-query'
import { get } from '@/lib/http'
import type { components } from '@/lib/schema.gen'

export type Variable = components['schemas']['VariableOut']

export function variablesQuery(id: number, path: string, version: string) {
  const where = path.split('/').map(encodeURIComponent).join('/')
  return queryOptions({
    queryKey: ['executions', 'variables', id, path, version],
    queryFn: ({ signal }) => get<components['schemas']['VariablesOut']>(`/executions/${id}/steps/${where}/variables`, undefined, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  })
}
