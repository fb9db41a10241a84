import { queryOptions } from '@tanstack/react-query'
import { get } from '@/lib/http'
import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Divergence = Schemas['DivergenceOut']
export type Since = Schemas['SinceOut']
export type Run = Schemas['RunOut']
export type Difference = Schemas['DifferenceOut']
export type VariableChange = Schemas['VariableChangeOut']
export type Comparison = Schemas['CompareOut']
export type Pair = Schemas['PairOut']
export type StepComparison = Schemas['StepCompareOut']
export type Told = Schemas['ToldOut']

export const comparingQueries = {
  /** Of a run that has ended it never changes, but for passes that end later and were started before. */
  divergence: (id: number) =>
    queryOptions({
      queryKey: ['executions', 'divergence', id],
      queryFn: ({ signal }) => get<Divergence>(`/executions/${id}/divergence`, undefined, signal),
      staleTime: 60_000,
    }),

  comparison: (left: number | undefined, right: number) =>
    queryOptions({
      queryKey: ['executions', 'comparison', left, right],
      queryFn: ({ signal }) => get<Comparison>('/executions/compare', { left, right }, signal),
      staleTime: 60_000,
    }),

  step: (left: number, right: number, path: string) =>
    queryOptions({
      queryKey: ['executions', 'comparison', left, right, path],
      queryFn: ({ signal }) => get<StepComparison>('/executions/compare/step', { left, right, path }, signal),
      staleTime: 60_000,
    }),
}

/** Where a timeline draws the line. */
export function partingOf(divergence: Divergence | undefined): { path: string; partner: number; sentence: string } | undefined {
  if (!divergence?.partner || !divergence.first) return undefined
  return { path: divergence.first.path, partner: divergence.partner.id, sentence: divergence.first.sentence }
}
