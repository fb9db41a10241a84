import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get, post } from '@/lib/http'
import type { components } from '@/lib/schema.gen'
import { statusLook } from '@/ui/runStatus'

type Schemas = components['schemas']

export type Batch = Schemas['BatchOut']
export type BatchIn = Schemas['BatchIn']
export type BatchRow = Schemas['BatchRowOut']
type BatchPage = Schemas['BatchPage']
type RowPage = Schemas['BatchRowPage']

const EVERY = 2000
const ROWS = 200

export const batchQueries = {
  all: ['batches'] as const,

  list: infiniteQueryOptions({
    queryKey: ['batches', 'list'],
    queryFn: ({ pageParam, signal }) => get<BatchPage>('/batches', { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: EVERY,
  }),

  /** Asked again until it is over. */
  one: (id: number) =>
    queryOptions({
      queryKey: [...batchQueries.all, 'one', id],
      queryFn: ({ signal }) => get<Batch>(`/batches/${id}`, undefined, signal),
      refetchInterval: ({ state }) => (state.data && statusLook(state.data.status).final ? false : EVERY),
    }),

  rows: (id: number, isOver: boolean) =>
    infiniteQueryOptions({
      queryKey: [...batchQueries.all, 'rows', id, isOver],
      queryFn: ({ pageParam, signal }) => get<RowPage>(`/batches/${id}/rows`, { cursor: pageParam, limit: ROWS }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next,
      placeholderData: (before) => before,
      refetchInterval: isOver ? false : EVERY,
    }),
}

export function startBatch(order: Partial<BatchIn> & Pick<BatchIn, 'flow' | 'data' | 'format'>, once: string): Promise<Batch> {
  return post<Batch>('/batches', order, once)
}

export function rerunBatch(id: number, onlyFailed: boolean, once: string): Promise<Batch> {
  return post<Batch>(`/batches/${id}/rerun`, { only_failed: onlyFailed }, once)
}

export function cancelBatch(id: number): Promise<Batch> {
  return post<Batch>(`/batches/${id}/cancel`)
}
