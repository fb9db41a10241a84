import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { analyticsQueries } from '@/features/analytics/api/queries'
import { FailureGroup } from '@/features/analytics/components/FailureGroup'
import { groupText, newestFailed } from '@/features/analytics/failures'
import { DiagnosisPanel } from '@/features/diagnosis/components/DiagnosisPanel'
import { ModelPanel } from '@/features/diagnosis/components/ModelPanel'
import { Problem } from '@/lib/http'
import { mayAdminister, mayRun, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import { useHomeWorkspace } from '../useHomeWorkspace'
import page from './Page.module.css'
import crumbs from './SchedulePage.module.css'

const route = getRouteApi(PATHS.failure)

export function FailurePage() {
  const { fingerprint } = route.useParams()
  const { workspace } = route.useSearch()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const found = useQuery(analyticsQueries.failure(fingerprint))
  useHomeWorkspace(found.error)
  const title = found.data && groupText(found.data.group)
  useEffect(() => {
    document.title = `${title ?? 'Failure'} – Stepwell`
  }, [title])
  if (found.isPending) return <Skeleton rows={14} height={34} />
  if (!found.data) {
    const isGone = found.error instanceof Problem && found.error.status === 404
    const toList = { label: 'All failures', run: () => void navigate({ to: PATHS.failures }) }
    return <Notice isPage role="alert" title={found.error.message} action={isGone ? toList : { label: 'Try again', run: () => void found.refetch() }} />
  }
  const may = mayRun(me.data, workspace) === true
  const failed = newestFailed(found.data.occurrences)
  const sample = failed ?? found.data.occurrences[0]
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.failures} className={crumbs.crumb}>
          Failures
        </Link>
        <span className={crumbs.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>{title}</h1>
      </header>
      <FailureGroup
        detail={found.data}
        mayWrite={may}
        diagnosis={
          <>
            {sample && (
              <DiagnosisPanel
                execution={sample.execution}
                endedAt={sample.at}
                {...(failed ? {} : { overcome: fingerprint })}
                mayRun={may}
                onShow={({ step, tab, at }) => void navigate({ to: PATHS.execution, params: { executionId: String(sample.execution) }, search: { step: step ?? undefined, tab, at } })}
                onRerun={undefined}
              />
            )}
            <ModelPanel
              subject={{ group: fingerprint }}
              mayRun={may}
              mayAllow={mayAdminister(me.data, workspace)}
              onShow={({ step, tab, at }, execution) => {
                if (execution !== null) void navigate({ to: PATHS.execution, params: { executionId: String(execution) }, search: { step, tab, at } })
              }}
            />
          </>
        }
      />
    </>
  )
}
