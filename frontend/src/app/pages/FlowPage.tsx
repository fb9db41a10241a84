import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { flowQueries } from '@/features/flows/api/queries'
import { FlowEditor } from '@/features/flows/components/FlowEditor'
import { Problem } from '@/lib/http'
import { mayAdminister, mayRun, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'

const route = getRouteApi(PATHS.flow)

export function FlowPage() {
  const { slug } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const flow = useQuery(flowQueries.flow(slug))
  const name = flow.data?.name
  useEffect(() => {
    document.title = `${name ?? slug} – Stepwell`
  }, [name, slug])
  const toList = { label: 'All flows', run: () => void navigate({ to: PATHS.flows }) }
  if (flow.isPending || me.isPending) return <Skeleton rows={20} height={30} />
  if (!flow.data) {
    const isGone = flow.error instanceof Problem && flow.error.status === 404
    return <Notice isPage role="alert" title={flow.error.message} detail={isGone ? undefined : 'The flow could not be read.'} action={isGone ? toList : { label: 'Try again', run: () => void flow.refetch() }} />
  }
  return (
    <FlowEditor
      key={slug}
      flow={flow.data}
      mayWrite={mayRun(me.data, search.workspace) === true}
      mayArchive={mayAdminister(me.data, search.workspace)}
      isRunOpen={search.panel === 'run'}
      onRunOpen={(isOpen) => void navigate({ to: PATHS.flow, params: { slug }, search: { ...search, panel: isOpen ? 'run' : undefined }, replace: true })}
      onSaved={() => undefined}
      onStarted={(execution) => void navigate({ to: PATHS.execution, params: { executionId: String(execution.id) } })}
      onArchived={() => void navigate({ to: PATHS.flows })}
    />
  )
}
