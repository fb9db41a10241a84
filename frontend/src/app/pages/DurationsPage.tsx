import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { AnalyticsHead } from '@/features/analytics/components/AnalyticsHead'
import { Durations } from '@/features/analytics/components/Durations'
import type { DurationSearch } from '@/features/analytics/durationSearch'
import { PATHS } from '../paths'

const route = getRouteApi(PATHS.durations)

export function DurationsPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  useEffect(() => {
    document.title = 'Durations – Stepwell'
  }, [])
  // Another flow has other steps.
  const change = (part: Partial<DurationSearch>): void =>
    void navigate({ to: PATHS.durations, search: { ...search, ...('flow' in part ? { step: undefined } : {}), ...part }, replace: true })
  return (
    <>
      <AnalyticsHead scope={search} onChange={change} />
      <Durations search={search} onChange={change} />
    </>
  )
}
