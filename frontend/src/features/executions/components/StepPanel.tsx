import { useQuery } from '@tanstack/react-query'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { type Tab, Tabs } from '@/ui/Tabs'
import { executionQueries } from '../api/queries'
import type { Attempt, Facts, FlowVersion, StepDetail } from '../api/types'
import { stepLook } from '../status'
import type { StepSearch, StepTab as TabName } from '../stepSearch'
import { keyOf, type Row } from '../timeline'
import { AsWritten } from './AsWritten'
import { PanelHead } from './PanelHead'
import styles from './StepPanel.module.css'
import { StepProgress } from './StepProgress'
import { StepTab } from './StepTab'

interface Props {
  executionId: number
  row: Row
  version: FlowVersion | undefined
  facts: Facts | undefined
  hasOthers: boolean
  search: StepSearch
  onSearch: (change: Partial<StepSearch>) => void
  onBack: () => void
  /** Shown first in the summary. */
  verdict?: React.ReactNode
}

/** How often a step is read that waits for another execution: that one's events are its own. */
const WHILE_CALLED = 2000

/** The chosen step: what it sent, what came back, what was asserted and what it gave. */
export function StepPanel({ executionId, row, version, facts, hasOthers, search, onSearch, onBack, verdict }: Props) {
  const { run } = row
  const seen = run ? `${run.status} ${run.attempts} ${run.finished_at ?? ''}` : ''
  const detail = useQuery({
    ...executionQueries.step(executionId, row.path, seen),
    enabled: run !== undefined,
    refetchInterval: run?.action === 'run_flow' && !stepLook(run.status).final ? WHILE_CALLED : false,
    placeholderData: (before) => (before?.path === row.path ? before : undefined),
  })
  const attempts = detail.data?.attempts ?? []
  const attempt = attempts.find((one) => one.number === search.attempt) ?? attempts.at(-1)
  const tab = search.tab ?? 'summary'
  const isOn = run !== undefined && !stepLook(run.status).final
  const planned = version?.steps.find((one) => one.path === keyOf(row.path))
  const isLoaded = !run || (!detail.isPending && !detail.isPlaceholderData)
  return (
    <section className={styles.panel} aria-label={`Step ${row.id}`}>
      <PanelHead row={row} attempt={attempt} hasOthers={hasOthers} onBack={onBack} />
      <Tabs<TabName> tabs={tabsOf(detail.data, attempt)} chosen={tab} onChoose={(name) => onSearch({ tab: name, at: undefined })} panel="step-panel" />
      <div id="step-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} className={styles.content} data-loaded={isLoaded}>
        {tab === 'summary' && verdict}
        {!run && <Notice title={row.state === 'to_come' ? `${row.id} has not begun.` : `${row.id} was not reached.`} detail={row.state === 'to_come' ? 'It shows here as soon as it does.' : 'The run ended before it.'} />}
        {isOn && tab === 'summary' && <StepProgress run={run} usualMs={facts?.usual?.steps[keyOf(row.path)]} mostAttempts={planned?.most_attempts} />}
        {run && detail.isPending && <Skeleton rows={8} height={30} />}
        {detail.isError && (
          <Notice role="alert" title={detail.error.message} detail="This step could not be read; the rest of the page is fresh." action={{ label: 'Try again', run: () => void detail.refetch() }} />
        )}
        {detail.data && attempt && hasMore(attempt, tab) && <StepTab executionId={executionId} version={seen} tab={tab} step={detail.data} attempt={attempt} at={search.at} onSearch={onSearch} />}
        {(!run || isOn) && tab === 'summary' && <AsWritten version={version} id={row.id} />}
      </div>
    </section>
  )
}

/** An attempt that only began has nothing to sum up. */
function hasMore(attempt: Attempt, tab: TabName): boolean {
  return tab !== 'summary' || attempt.number > 1 || attempt.status !== 'running'
}

function tabsOf(step: StepDetail | undefined, attempt: Attempt | undefined): Tab<TabName>[] {
  const assertions = attempt?.assertions ?? []
  const failed = assertions.filter((one) => !one.held).length
  const count = (number: number | undefined): number | undefined => number || undefined
  return [
    { name: 'summary', label: 'Summary' },
    { name: 'request', label: 'Request' },
    { name: 'response', label: 'Response' },
    { name: 'assertions', label: 'Assertions', count: failed ? `${failed} of ${assertions.length}` : count(assertions.length), tone: failed ? 'fail' : undefined },
    { name: 'variables', label: 'Variables', count: count((attempt?.reads.length ?? 0) + (attempt?.captured.length ?? 0)) },
    { name: 'attempts', label: 'Attempts', count: count(step?.attempts.length), tone: (step?.attempts.length ?? 0) > 1 ? 'retry' : undefined },
    { name: 'raw', label: 'Raw' },
  ]
}
