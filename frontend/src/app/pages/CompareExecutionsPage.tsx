import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { comparingQueries } from '@/features/executions/api/comparing'
import type { CompareSearch } from '@/features/executions/compareSearch'
import { Compare } from '@/features/executions/components/Compare'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'

const route = getRouteApi(PATHS.compare)

export function CompareExecutionsPage() {
  const { executionId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const right = /^\d{1,18}$/.test(executionId) ? Number.parseInt(executionId, 10) : null
  const comparison = useQuery({ ...comparingQueries.comparison(search.with, right ?? 0), enabled: right !== null })
  const go = (id: number, change: (before: CompareSearch) => CompareSearch): void =>
    void navigate({ to: PATHS.compare, params: { executionId: String(id) }, search: change, replace: true })
  if (right === null) return <Notice isPage role="alert" title={`${executionId} is no number of an execution.`} action={{ label: 'All executions', run: () => void navigate({ to: PATHS.executions }) }} />
  if (comparison.isPending) return <Skeleton rows={10} height={30} />
  if (!comparison.data) return <Notice isPage role="alert" title={comparison.error.message} action={{ label: 'Try again', run: () => void comparison.refetch() }} />
  return (
    <Compare
      comparison={comparison.data}
      search={search}
      onSearch={(part) => go(right, (before) => ({ ...before, ...part }))}
      onChoose={({ left, right: other }) => go(other ?? right, (before) => ({ ...before, step: undefined, with: left ?? before.with ?? comparison.data.left?.id }))}
    />
  )
}
