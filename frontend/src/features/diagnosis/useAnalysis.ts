import { useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { analysisQueries, askFor, isActive, type Subject } from './analysis'

/** The model's analysis of something: its state, followed while it runs, and asking for one. Every part of a page that uses it sees the same. */
export function useAnalysis(subject: Subject) {
  const queries = useQueryClient()
  const key = ['analyse', subject]
  const state = useQuery(analysisQueries.of(subject))
  const last = state.data?.analysis ?? undefined
  const followed = useQuery({ ...analysisQueries.one(last?.id ?? 0), enabled: last !== undefined && isActive(last) })
  const analysis = followed.data?.id === last?.id ? (followed.data ?? last) : last
  const hasEnded = analysis !== undefined && last !== undefined && isActive(last) && !isActive(analysis)
  useEffect(() => {
    if (hasEnded) void queries.invalidateQueries({ queryKey: analysisQueries.of(subject).queryKey, exact: true })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a subject is made anew with every drawing
  }, [hasEnded])
  const ask = useMutation({
    mutationKey: key,
    mutationFn: (anew: boolean) => askFor(subject, anew),
    onSuccess: (made) => {
      queries.setQueryData(analysisQueries.one(made.id).queryKey, made)
      const { queryKey } = analysisQueries.of(subject)
      queries.setQueryData(queryKey, (before) => (before ? { ...before, analysis: made, similar: null } : before))
    },
    onError: () => queries.invalidateQueries({ queryKey: analysisQueries.of(subject).queryKey, exact: true }),
  })
  const errors = useMutationState({ filters: { mutationKey: key, exact: true }, select: (one) => one.state.error })
  return { state, analysis, ask, refused: errors.at(-1) ?? null, lost: followed.isError ? followed.error : null }
}
