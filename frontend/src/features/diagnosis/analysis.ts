import { queryOptions } from '@tanstack/react-query'
import { get, post, write } from '@/lib/http'
import type { components } from '@/lib/schema.gen'
import type { Label } from './api'

type Schemas = components['schemas']

export type Answer = Required<Schemas['Checked']>
export type Analysis = Omit<Schemas['AnalysisOut'], 'answer'> & { answer: Answer | null }
export type AnalysisState = Omit<Schemas['StateOut'], 'analysis' | 'similar'> & { analysis: Analysis | null; similar: Analysis | null }
export type Sent = Schemas['SentOut']

/** What a model is asked about. */
export type Subject = { execution: number } | { group: string }

const FOLLOW_MS = 1000

export const analysisQueries = {
  all: ['analysis'] as const,

  of: (subject: Subject) =>
    queryOptions({
      queryKey: [...analysisQueries.all, subject],
      queryFn: ({ signal }) => get<AnalysisState>(pathOf(subject), undefined, signal),
      staleTime: 30_000,
    }),

  /** Followed until it ends; what is finished of the answer comes with it, checked. */
  one: (id: number) =>
    queryOptions({
      queryKey: [...analysisQueries.all, 'one', id],
      queryFn: ({ signal }) => get<Analysis>(`/analytics/analyses/${id}`, undefined, signal),
      refetchInterval: ({ state }) => (state.data === undefined || isActive(state.data) ? FOLLOW_MS : false),
    }),

  sent: (id: number) =>
    queryOptions({
      queryKey: [...analysisQueries.all, 'sent', id],
      queryFn: ({ signal }) => get<Sent>(`/analytics/analyses/${id}/sent`, undefined, signal),
      staleTime: Infinity,
    }),

  preview: (execution: number) =>
    queryOptions({
      queryKey: [...analysisQueries.all, 'preview', execution],
      queryFn: ({ signal }) => get<Sent>(`/analytics/executions/${execution}/analysis/preview`, undefined, signal),
    }),
}

export function isActive({ status }: Analysis): boolean {
  return status === 'queued' || status === 'running'
}

export function askFor(subject: Subject, anew: boolean): Promise<Analysis> {
  return post<Analysis>(pathOf(subject), { anew })
}

export function putLabel(id: number, label: Label): Promise<Analysis> {
  return write<Analysis>('PUT', `/analytics/analyses/${id}/label`, label)
}

function pathOf(subject: Subject): string {
  return 'group' in subject ? `/analytics/failures/${subject.group}/analysis` : `/analytics/executions/${subject.execution}/analysis`
}
