import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, post } from '@/lib/http'
import type { ListSearch } from '../search'
import type { AttemptLine, BulkIn, BulkOut, Execution, ExecutionPage, Facts, FlowVersion, Histogram, RerunIn, Snapshot, StepDetail, StepPage } from './types'

const PAGE = 100
const BUCKETS = 96
const STEPS = 500

export const executionQueries = {
  all: ['executions'] as const,
  lists: ['executions', 'list'] as const,

  list: (search: ListSearch, isLive: boolean) =>
    queryOptions({
      queryKey: [...executionQueries.lists, search],
      queryFn: ({ signal }) => get<ExecutionPage>('/executions', { q: search.q, cursor: search.cursor, limit: PAGE }, signal),
      placeholderData: keepPreviousData,
      refetchInterval: isLive ? false : 2000,
    }),

  histogram: (q: string | undefined, isLive: boolean) =>
    queryOptions({
      queryKey: [...executionQueries.lists, 'histogram', q],
      queryFn: ({ signal }) => get<Histogram>('/executions/histogram', { q, buckets: BUCKETS }, signal),
      placeholderData: keepPreviousData,
      refetchInterval: isLive ? false : 5000,
    }),

  /** How many a search finds. It looks through thousands, so it is asked for seldom. */
  count: (q: string) =>
    queryOptions({
      queryKey: [...executionQueries.all, 'count', q],
      queryFn: ({ signal }) => get<Histogram>('/executions/histogram', { q, buckets: 1 }, signal),
      placeholderData: keepPreviousData,
      staleTime: 15_000,
      refetchInterval: 30_000,
      retry: false,
    }),

  snapshot: (id: number) =>
    queryOptions({
      queryKey: [...executionQueries.all, 'snapshot', id],
      queryFn: ({ signal }) => get<Snapshot>(`/executions/${id}`, undefined, signal),
      staleTime: Infinity,
    }),

  attempts: (id: number, eventNumber: number) =>
    queryOptions({
      queryKey: [...executionQueries.all, 'attempts', id, eventNumber],
      queryFn: ({ signal }) => get<AttemptLine[]>(`/executions/${id}/attempts`, undefined, signal),
      placeholderData: keepPreviousData,
      staleTime: Infinity,
      gcTime: 10_000,
    }),

  facts: (id: number) =>
    queryOptions({
      queryKey: [...executionQueries.all, 'facts', id],
      queryFn: ({ signal }) => get<Facts>(`/executions/${id}/facts`, undefined, signal),
      staleTime: 60_000,
    }),

  family: (id: number) =>
    queryOptions({
      queryKey: [...executionQueries.all, 'family', id],
      queryFn: ({ signal }) => get<Execution[]>(`/executions/${id}/family`, undefined, signal),
    }),

  /** `version` is what the snapshot says of the step: the detail is read again when that changes. */
  step: (id: number, path: string, version: string) =>
    queryOptions({
      queryKey: [...executionQueries.all, 'step', id, path, version],
      queryFn: ({ signal }) => get<StepDetail>(`/executions/${id}/steps/${encoded(path)}`, undefined, signal),
      staleTime: Infinity,
      gcTime: 60_000,
    }),

  /** The steps inside another one, from the first on: so many pages of them. */
  inside: (id: number, path: string, pages: number, isOver: boolean) =>
    queryOptions({
      queryKey: [...executionQueries.all, 'inside', id, path, isOver, pages],
      queryFn: ({ client, signal }) => {
        const before = isOver ? client.getQueryData<StepPage>([...executionQueries.all, 'inside', id, path, isOver, pages - 1]) : undefined
        return stepsInside(id, path, pages - (before ? pages - 1 : 0), before, signal)
      },
      placeholderData: keepPreviousData,
      staleTime: isOver ? Infinity : 0,
      refetchInterval: isOver ? false : 2000,
    }),

  version: (flow: string, number: number) =>
    queryOptions({
      queryKey: ['flows', flow, 'version', number],
      queryFn: ({ signal }) => get<FlowVersion>(`/flows/${encoded(flow)}/versions/${number}`, undefined, signal),
      staleTime: Infinity,
    }),
}

async function stepsInside(id: number, path: string, pages: number, before: StepPage | undefined, signal: AbortSignal): Promise<StepPage> {
  let found: StepPage = before ?? { items: [], next: '' }
  for (let page = 0; page < pages && found.next !== null; page += 1) {
    const got = await get<StepPage>(`/executions/${id}/steps`, { parent: path, limit: STEPS, cursor: found.next }, signal)
    found = { items: [...found.items, ...got.items], next: got.next }
  }
  return found
}

export function orderBulk(order: BulkIn, once: string): Promise<BulkOut> {
  return post<BulkOut>('/executions/bulk', order, once)
}

export function cancelExecution(id: number): Promise<Execution> {
  return post<Execution>(`/executions/${id}/cancel`)
}

export function rerunExecution(id: number, order: Partial<RerunIn>, once: string): Promise<Execution> {
  return post<Execution>(`/executions/${id}/rerun`, order, once)
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
