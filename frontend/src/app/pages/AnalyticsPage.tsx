import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { AnalyticsHead } from '@/features/analytics/components/AnalyticsHead'
import { Overview } from '@/features/analytics/components/Overview'
import type { Scope } from '@/features/analytics/search'
import { mayAdminister, meQuery } from '@/lib/me'
import { PATHS } from '../paths'

const route = getRouteApi(PATHS.analytics)

export function AnalyticsPage() {
  const scope = route.useSearch()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  useEffect(() => {
    document.title = 'Analytics – Stepwell'
  }, [])
  const change = (part: Partial<Scope>): void => void navigate({ to: PATHS.analytics, search: { ...scope, ...part }, replace: true })
  return (
    <>
      <AnalyticsHead scope={scope} onChange={change} />
      <Overview scope={scope} mayQuarantine={mayAdminister(me.data, scope.workspace)} onChange={change} />
    </>
  )
}
