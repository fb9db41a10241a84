import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { AnalyseButton } from '@/features/diagnosis/components/AnalyseButton'
import { DiagnosisPanel } from '@/features/diagnosis/components/DiagnosisPanel'
import { ModelSection } from '@/features/diagnosis/components/ModelSection'
import type { StepPlace } from '@/features/diagnosis/places'
import { executionQueries } from '@/features/executions/api/queries'
import { ExecutionDetail } from '@/features/executions/components/ExecutionDetail'
import type { StepSearch } from '@/features/executions/stepSearch'
import { Problem } from '@/lib/http'
import { mayAdminister, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import { QuarantineStep } from '../QuarantineStep'
import { belongsElsewhere, useHomeWorkspace } from '../useHomeWorkspace'

const route = getRouteApi(PATHS.execution)

export function ExecutionPage() {
  const { executionId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const id = /^\d{1,18}$/.test(executionId.replace(/\/$/, '')) ? Number.parseInt(executionId, 10) : null
  const snapshot = useQuery({ ...executionQueries.snapshot(id ?? 0), enabled: id !== null })
  useHomeWorkspace(snapshot.error)
  const me = useQuery(meQuery)
  // Waited for once, so that the page need not make room for them later.
  const facts = useQuery({ ...executionQueries.facts(id ?? 0), enabled: snapshot.data !== undefined })
  const family = useQuery({ ...executionQueries.family(id ?? 0), enabled: snapshot.data !== undefined })
  const { flow, flow_version: version } = snapshot.data?.execution ?? { flow: '', flow_version: 0 }
  const plan = useQuery({ ...executionQueries.version(flow, version), enabled: snapshot.data !== undefined })
  const isOpening = [facts, family, plan].some((one) => one.isPending && one.failureCount === 0 && one.errorUpdateCount === 0)
  const toList = { label: 'All executions', run: () => void navigate({ to: PATHS.executions }) }
  if (id === null) return <Notice isPage role="alert" title={`${executionId} is no number of an execution.`} action={toList} />
  if (snapshot.isPending || (snapshot.data && isOpening)) return <Skeleton rows={14} height={30} />
  if (!snapshot.data) {
    const { error } = snapshot
    if (belongsElsewhere(error)) return <Skeleton rows={14} height={30} />
    const isGone = error instanceof Problem && error.status === 404
    if (isGone) return <Notice isPage role="alert" title={error.message} detail="It belongs to another workspace, was pruned, or never was." action={toList} />
    return <Notice isPage role="alert" title={error.message} detail="The run could not be read." action={{ label: 'Try again', run: () => void snapshot.refetch() }} />
  }
  const change = (part: Partial<StepSearch>): void =>
    void navigate({ to: PATHS.execution, params: { executionId: String(id) }, search: (before) => ({ ...before, ...part }), replace: true })
  const mayAllow = mayAdminister(me.data, search.workspace)
  const flowName = snapshot.data.execution.flow_name
  const failedStep = snapshot.data.execution.failed_step ?? undefined
  /** Evidence of another run is shown there. */
  const show = ({ step, tab, at }: StepPlace, execution: number | null): void => {
    if (execution === null || execution === id) change({ step: step ?? failedStep, tab, attempt: undefined, at })
    else void navigate({ to: PATHS.execution, params: { executionId: String(execution) }, search: (before) => ({ workspace: before.workspace, step, tab, at }) })
  }
  return (
    <ExecutionDetail
      key={id}
      snapshot={snapshot.data}
      search={search}
      onSearch={change}
      onStarted={(started) => void navigate({ to: PATHS.execution, params: { executionId: String(started.id) } })}
      verdict={({ mayRun, rerunFrom }) => (
        <DiagnosisPanel
          execution={id}
          endedAt={snapshot.data.execution.finished_at}
          mayRun={mayRun}
          onShow={(place) => show(place, id)}
          onRerun={rerunFrom}
          buttons={(diagnosis) => mayAllow && <QuarantineStep diagnosis={diagnosis} flowName={flowName} />}
        >
          <ModelSection subject={{ execution: id }} mayRun={mayRun} mayAllow={mayAllow} onShow={show} />
        </DiagnosisPanel>
      )}
      more={({ mayRun }) => <AnalyseButton execution={id} mayRun={mayRun} onOpen={() => change({ step: failedStep, tab: undefined, attempt: undefined, at: undefined })} />}
    />
  )
}
