import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useNow } from '@/lib/clock'
import { useKeys } from '@/lib/keys'
import { mayRun, meQuery } from '@/lib/me'
import { comparingQueries, partingOf } from '../api/comparing'
import { useRememberedNumber } from '@/lib/remembered'
import { Notice } from '@/ui/Notice'
import { Splitter } from '@/ui/Splitter'
import { executionQueries } from '../api/queries'
import type { Execution, Snapshot } from '../api/types'
import { useExecutionLive } from '../hooks/useExecutionLive'
import { useFolds } from '../hooks/useFolds'
import { useRunActions } from '../hooks/useRunActions'
import { useTabMark } from '../hooks/useTabMark'
import { statusLook } from '../status'
import type { StepSearch } from '../stepSearch'
import { keyOf, timelineOf } from '../timeline'
import styles from './ExecutionDetail.module.css'
import { ExecutionFacts } from './ExecutionFacts'
import { ExecutionHeader } from './ExecutionHeader'
import { SinceLastPass } from './SinceLastPass'
import { useOpenStep } from '../hooks/useOpenStep'
import { StepFoot } from './StepFoot'
import { StepPanel } from './StepPanel'
import { Timeline } from './Timeline'

interface Props {
  snapshot: Snapshot
  search: StepSearch
  onSearch: (change: Partial<StepSearch>) => void
  onStarted: (execution: Execution) => void
  /** What is to be said of the failed step, before its record. */
  verdict?: (tools: VerdictTools) => React.ReactNode
  /** One more thing to do, in the header of a run that failed. */
  more?: (tools: { mayRun: boolean }) => React.ReactNode
}

export interface VerdictTools {
  mayRun: boolean
  /** Undefined where a re-run cannot begin with the step. */
  rerunFrom: (() => void) | undefined
}

const WIDTH = { usual: 556, least: 420, most: 760 }

export function ExecutionDetail({ snapshot, search, onSearch, onStarted, verdict, more }: Props) {
  const { execution } = snapshot
  const isOver = statusLook(execution.status).final
  const live = useExecutionLive(execution.id, isOver)
  const now = useNow(!isOver, 250)
  const me = useQuery(meQuery)
  const plan = useQuery(executionQueries.version(execution.flow, execution.flow_version))
  const attempts = useQuery(executionQueries.attempts(execution.id, snapshot.event_number))
  const family = useQuery(executionQueries.family(execution.id))
  const divergence = useQuery({ ...comparingQueries.divergence(execution.id), enabled: isOver })
  const facts = useQuery(executionQueries.facts(execution.id))
  const [width, setWidth] = useRememberedNumber('steps-width', WIDTH.usual)
  const { rerun, cancel } = useRunActions(execution.id, onStarted)
  const { whole, folds } = useFolds(snapshot)
  const timeline = useMemo(
    () => timelineOf(whole, plan.data?.steps ?? [], attempts.data ?? [], isOver ? 0 : now, facts.data?.usual ?? undefined),
    [whole, plan.data, attempts.data, isOver, now, facts.data],
  )
  useTabMark(execution.status, execution.flow_name)

  const { openPath, isFollowing, open, follow, stay } = useOpenStep(snapshot, search, onSearch)
  const rows = timeline.sections.flatMap((section) => section.rows)
  const row = rows.find((one) => one.path === openPath) ?? rows.find((one) => keyOf(one.path) === openPath)
  const jump = (by: number): void => {
    const failed = rows.filter((one) => one.state === 'failed')
    const at = failed.findIndex((one) => one.path === openPath)
    const next = failed[(at + by + failed.length) % failed.length] ?? failed[0]
    if (next) open(next.path)
  }
  useKeys({
    '[': () => jump(-1),
    ']': () => jump(1),
    r: () => {
      if (isOver && mayRun(me.data, search.workspace)) rerun.mutate({})
    },
  })
  const mayStart = row?.run && row.run.parent === null && row.run.section !== 'teardown' ? row.path : undefined
  const isFailed = isOver && row !== undefined && row.path === execution.failed_step
  const refused = rerun.error ?? cancel.error
  return (
    <div className={styles.page} data-pane={search.step ? 'step' : 'steps'}>
      <ExecutionHeader
        execution={execution}
        facts={facts.data}
        live={live}
        mayRun={mayRun(me.data, search.workspace)}
        openPath={mayStart}
        isBusy={rerun.isPending || cancel.isPending}
        onRerun={(order) => rerun.mutate(order)}
        onCancel={() => cancel.mutate()}
        more={isOver && execution.failed_step !== null ? more?.({ mayRun: mayRun(me.data, search.workspace) === true }) : undefined}
      />
      {refused && <Notice role="alert" title={refused.message} />}
      <div className={styles.facts}>
        <ExecutionFacts execution={execution} facts={facts.data} family={family.data ?? []} now={now} />
      </div>
      <div className={styles.panels}>
        <div className={styles.left} style={{ '--width': `${width}px` } as React.CSSProperties}>
          <Timeline
            timeline={timeline}
            usualRuns={facts.data?.usual?.runs ?? 0}
            openPath={row?.path}
            isRunning={!isOver}
            isFollowing={isFollowing}
            onOpen={open}
            onScrollAway={stay}
            onFollow={follow}
            parting={partingOf(divergence.data)}
            folds={folds}
          />
          {divergence.data && <SinceLastPass executionId={execution.id} divergence={divergence.data} />}
        </div>
        <Splitter label="Width of the steps" width={width} least={WIDTH.least} most={WIDTH.most} onChange={setWidth} />
        <div className={styles.right}>
          {row ? (
            <StepPanel
              executionId={execution.id}
              row={row}
              version={plan.data}
              facts={facts.data}
              hasOthers={rows.some((one) => one.state === 'failed' && one !== row)}
              search={search}
              onSearch={onSearch}
              verdict={isFailed ? verdict?.({ mayRun: mayRun(me.data, search.workspace) === true, rerunFrom: mayStart === undefined ? undefined : () => rerun.mutate({ mode: 'from_step', from_step: mayStart }) }) : undefined}
              onBack={() => onSearch({ step: undefined, tab: undefined, attempt: undefined, at: undefined })}
            />
          ) : (
            <Notice title={search.step ? `This run has no step ${search.step}.` : 'Waits for a worker, next in line.'} />
          )}
        </div>
      </div>
      {row && !search.step && <StepFoot row={row} onOpen={open} />}
      <p className="spoken" aria-live="polite">
        {isOver ? `The run has ended: ${statusLook(execution.status).label}` : ''}
      </p>
    </div>
  )
}
