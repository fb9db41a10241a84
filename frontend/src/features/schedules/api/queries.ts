import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get, post, write } from '@/lib/http'
import type { Execution, Preview, Schedule, ScheduleIn, SchedulePage, SlotPage } from './types'

const PAGE = 100
const EVERY = 5000

/** What is asked of the preview: a cron line in a zone, or an interval. */
export type Times = { cron: string; timezone: string } | { interval_seconds: number }

export const scheduleQueries = {
  all: ['schedules'] as const,

  list: infiniteQueryOptions({
    queryKey: ['schedules', 'list'],
    queryFn: ({ pageParam, signal }) => get<SchedulePage>('/schedules', { cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: EVERY,
  }),

  against: (environment: string) =>
    infiniteQueryOptions({
      queryKey: ['schedules', 'against', environment],
      queryFn: ({ pageParam, signal }) => get<SchedulePage>('/schedules', { cursor: pageParam, environment, limit: 20 }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next,
    }),

  one: (id: number) =>
    queryOptions({
      queryKey: [...scheduleQueries.all, 'one', id],
      queryFn: ({ signal }) => get<Schedule>(`/schedules/${id}`, undefined, signal),
      refetchInterval: EVERY,
    }),

  slots: (id: number, status: string) =>
    infiniteQueryOptions({
      queryKey: [...scheduleQueries.all, 'slots', id, status],
      queryFn: ({ pageParam, signal }) => get<SlotPage>(`/schedules/${id}/slots`, { cursor: pageParam, status, limit: 50 }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next,
      refetchInterval: EVERY,
    }),

  /** A line that means nothing is an answer, not a failure: it is not asked again. */
  preview: (times: Times | null) =>
    queryOptions({
      queryKey: ['schedule times', times],
      queryFn: () => post<Preview>('/schedules/preview', times),
      enabled: times !== null,
      retry: false,
      refetchInterval: (query) => (query.state.error ? false : 60_000),
    }),
}

/** Without one that was seen, a new one is made. */
export function saveSchedule(seen: { id: number; revision: number } | undefined, order: ScheduleIn): Promise<Schedule> {
  if (!seen) return post<Schedule>('/schedules', order)
  return write<Schedule>('PATCH', `/schedules/${seen.id}`, order, { 'If-Match': `"r${seen.revision}"` })
}

export function pauseSchedule(id: number, note: string): Promise<Schedule> {
  return post<Schedule>(`/schedules/${id}/pause`, { note })
}

export function resumeSchedule(id: number): Promise<Schedule> {
  return post<Schedule>(`/schedules/${id}/resume`)
}

export function runSchedule(id: number): Promise<Execution> {
  return post<Execution>(`/schedules/${id}/run`)
}

export function deleteSchedule(id: number): Promise<null> {
  return write<null>('DELETE', `/schedules/${id}`)
}
