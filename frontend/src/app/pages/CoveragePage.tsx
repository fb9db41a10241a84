import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { AnalyticsHead } from '@/features/analytics/components/AnalyticsHead'
import { Coverage } from '@/features/analytics/components/Coverage'
import { type Scope, wholeDays } from '@/features/analytics/search'
import { mayRun, meQuery } from '@/lib/me'
import { PATHS } from '../paths'

const route = getRouteApi(PATHS.coverage)

export function CoveragePage() {
  // Calls are only counted by day.
  const scope = wholeDays(route.useSearch())
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  useEffect(() => {
    document.title = 'Coverage – Stepwell'
  }, [])
  const change = (part: Partial<Scope>): void => void navigate({ to: PATHS.coverage, search: { ...scope, ...part }, replace: true })
  return (
    <>
      <AnalyticsHead scope={scope} onChange={change} without={['trigger', 'hours']} />
      <Coverage scope={scope} mayWrite={mayRun(me.data, scope.workspace) === true} />
    </>
  )
}
