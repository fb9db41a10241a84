import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useNow } from '@/lib/clock'
import { useKeys } from '@/lib/keys'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { StatusIcon } from '@/ui/StatusIcon'
import { mayRun, meQuery } from '@/lib/me'
import { comparingQueries, partingOf } from '../api/comparing'
import { executionQueries } from '../api/queries'
import type { Execution, Snapshot } from '../api/types'
import { useExecutionLive } from '../hooks/useExecutionLive'
import { useRunActions } from '../hooks/useRunActions'
import { useTabMark } from '../hooks/useTabMark'
import { statusLook, stepLook } from '../status'
import type { StepSearch } from '../stepSearch'
import { keyOf, stepToOpen, timelineOf } from '../timeline'
import styles from './ExecutionDetail.module.css'
import { ExecutionFacts } from './ExecutionFacts'
import { ExecutionHeader } from './ExecutionHeader'
import { SinceLastPass } from './SinceLastPass'
import { StepPanel } from './StepPanel'
import { Timeline } from './Timeline'

interface Props {
  snapshot: Snapshot
  search: StepSearch
  onSearch: (change: Partial<StepSearch>) => void
  onStarted: (execution: Execution) => void
}

export function ExecutionDetail({ snapshot, search, onSearch, onStarted }: Props) {
  const { execution } = snapshot
  const isOver = statusLook(execution.status).final
  const live = useExecutionLive(execution.id, isOver)
  const now = useNow(!isOver, 250)
  const me = useQuery(meQuery)
  const plan = useQuery(executionQueries.version(execution.flow, execution.flow_version))
  const attempts = useQuery(executionQueries.attempts(execution.id, snapshot.event_number))
  const family = useQuery(executionQueries.family(execution.id))
  const divergence = useQuery({ ...comparingQueries.divergence(execution.id), enabled: isOver })
  const { rerun, cancel } = useRunActions(execution.id, onStarted)
  const timeline = useMemo(
    () => timelineOf(snapshot, plan.data?.steps ?? [], attempts.data ?? [], isOver ? 0 : now),
    [snapshot, plan.data, attempts.data, isOver, now],
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
  const refused = rerun.error ?? cancel.error
  return (
    <div className={styles.page} data-pane={search.step ? 'step' : 'steps'}>
      <ExecutionHeader
        execution={execution}
        live={live}
        mayRun={mayRun(me.data, search.workspace)}
        openPath={row?.run ? openPath : undefined}
        isBusy={rerun.isPending || cancel.isPending}
        onRerun={(order) => rerun.mutate(order)}
        onCancel={() => cancel.mutate()}
      />
      {refused && <Notice role="alert" title={refused.message} />}
      <ExecutionFacts execution={execution} family={family.data ?? []} now={now} />
      <div className={styles.panels}>
        <div className={styles.left}>
          <Timeline
            timeline={timeline}
            openPath={row?.path}
            isRunning={!isOver}
            isFollowing={isFollowing}
            onOpen={open}
            onScrollAway={stay}
            onFollow={follow}
            parting={partingOf(divergence.data)}
          />
          {divergence.data && <SinceLastPass executionId={execution.id} divergence={divergence.data} />}
        </div>
        <div className={styles.right}>
          {row ? (
            <StepPanel executionId={execution.id} row={row} search={search} onSearch={onSearch} onBack={() => onSearch({ step: undefined, tab: undefined, attempt: undefined, at: undefined })} />
          ) : (
            <Notice title={search.step ? `This run has no step ${search.step}.` : 'Waits for a worker, next in line.'} />
          )}
        </div>
      </div>
      {row && !search.step && (
        <footer className={styles.foot}>
          <StatusIcon tone={stepLook(row.state).tone} label={stepLook(row.state).label} />
          <span className={styles.footText}>
            <b>{row.id}</b>
            <span>{row.run?.message ?? row.action}</span>
          </span>
          <Button look="primary" onClick={() => open(row.path)}>
            Open step
          </Button>
        </footer>
      )}
      <p className="spoken" aria-live="polite">
        {isOver ? `The run has ended: ${statusLook(execution.status).label}` : ''}
      </p>
    </div>
  )
}

/** The step of the address, else the one to look at; while it runs that is the live edge, until somebody scrolls away. */
function useOpenStep(snapshot: Snapshot, search: StepSearch, onSearch: Props['onSearch']) {
  const [stayed, setStayed] = useState<string | null>(null)
  const edge = stepToOpen(snapshot)
  const openPath = search.step ?? stayed ?? edge
  const open = useCallback(
    (path: string) => {
      setStayed(null)
      onSearch({ step: path, attempt: undefined, at: undefined })
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- navigating is stable; rows must not be drawn anew for it
    [snapshot.execution.id],
  )
  return {
    openPath,
    isFollowing: !search.step && stayed === null,
    open,
    follow: () => {
      setStayed(null)
      onSearch({ step: undefined, attempt: undefined, at: undefined, tab: undefined })
    },
    stay: () => {
      if (!search.step && !statusLook(snapshot.execution.status).final) setStayed((before) => before ?? edge ?? null)
    },
  }
}
