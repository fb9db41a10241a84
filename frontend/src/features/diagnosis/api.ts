import { queryOptions } from '@tanstack/react-query'
import { get, write } from '@/lib/http'
import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Diagnosis = Schemas['Diagnosis']
export type Evidence = Schemas['Evidence']
export type Seen = Schemas['SeenRun']
export type Label = Schemas['LabelIn']
export type DiagnosisLabel = Schemas['DiagnosisLabelOut']

export const CATEGORIES = ['service', 'environment', 'data', 'timing'] as const
export type Category = (typeof CATEGORIES)[number]

/** A failure is grouped with its like within the next minute: asked for again until then. */
const GROUPED_WITHIN_MS = 120_000
const ASK_AGAIN_MS = 15_000

export const diagnosisQueries = {
  all: ['diagnosis'] as const,

  of: (execution: number, endedAt: string | null) =>
    queryOptions({
      queryKey: [...diagnosisQueries.all, execution],
      queryFn: ({ signal }) => get<Diagnosis>(`/analytics/executions/${execution}/diagnosis`, undefined, signal),
      staleTime: 60_000,
      refetchInterval: ({ state }) =>
        state.data?.group === null && endedAt !== null && Date.now() - Date.parse(endedAt) < GROUPED_WITHIN_MS ? ASK_AGAIN_MS : false,
    }),

  /** Of a failure that retries have always overcome: no run ended with it. */
  overcome: (fingerprint: string) =>
    queryOptions({
      queryKey: [...diagnosisQueries.all, 'overcome', fingerprint],
      queryFn: ({ signal }) => get<Diagnosis>(`/analytics/failures/${fingerprint}/diagnosis`, undefined, signal),
      staleTime: 60_000,
    }),
}

/** What somebody has said of the diagnosis. */
export const labelQueries = {
  of: (execution: number) =>
    queryOptions({
      queryKey: [...diagnosisQueries.all, execution, 'label'],
      queryFn: ({ signal }) => get<DiagnosisLabel>(`/analytics/executions/${execution}/diagnosis/label`, undefined, signal),
      staleTime: 60_000,
    }),
}

export function putDiagnosisLabel(execution: number, label: Label): Promise<DiagnosisLabel> {
  return write('PUT', `/analytics/executions/${execution}/diagnosis/label`, label)
}

export function acknowledgeGroup(fingerprint: string): Promise<unknown> {
  return write('PATCH', `/analytics/failures/${fingerprint}`, { state: 'acknowledged' })
}
