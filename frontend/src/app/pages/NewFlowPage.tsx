import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { analyticsQueries } from '@/features/analytics/api/queries'
import { FlowEditor } from '@/features/flows/components/FlowEditor'
import { EXAMPLE, flowAround } from '@/features/flows/example'
import { mayRun, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'

const route = getRouteApi(PATHS.newFlow)

export function NewFlowPage() {
  const { service, operation } = route.useSearch()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  useEffect(() => {
    document.title = 'New flow – Stepwell'
  }, [])
  const draft = useQuery({ ...analyticsQueries.draft(service ?? '', operation ?? ''), enabled: service !== undefined })
  if (me.isPending || (service !== undefined && draft.isPending)) return <Skeleton rows={20} height={30} />
  if (mayRun(me.data, undefined) !== true) {
    return <Notice isPage role="alert" title="Writing a flow needs the role editor." detail="You are a viewer here." action={{ label: 'All flows', run: () => void navigate({ to: PATHS.flows }) }} />
  }
  return (
    <FlowEditor
      flow={null}
      initial={draft.data ? flowAround(draft.data.text, operation ?? '') : EXAMPLE}
      mayWrite
      isRunOpen={false}
      onRunOpen={() => undefined}
      onSaved={(saved) => void navigate({ to: PATHS.flow, params: { slug: saved.slug }, ignoreBlocker: true })}
      onStarted={() => undefined}
    />
  )
}
