import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Button } from '@/ui/Button'
import { CopyButton } from '@/ui/CopyButton'
import { Icon } from '@/ui/Icon'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { StatusIcon } from '@/ui/StatusIcon'
import { type Tab, Tabs } from '@/ui/Tabs'
import { executionQueries } from '../api/queries'
import type { Attempt, StepDetail } from '../api/types'
import { stepLook } from '../status'
import type { StepSearch, StepTab } from '../stepSearch'
import type { Row } from '../timeline'
import { commandOf } from '../viewers/command'
import styles from './StepPanel.module.css'
import { StepTab as TabContent } from './StepTab'

interface Props {
  executionId: number
  row: Row
  search: StepSearch
  onSearch: (change: Partial<StepSearch>) => void
  onBack: () => void
}

/** The chosen step: what it sent, what came back, what was asserted and what it gave. */
export function StepPanel({ executionId, row, search, onSearch, onBack }: Props) {
  const { run } = row
  const version = run ? `${run.status} ${run.attempts} ${run.finished_at ?? ''}` : ''
  const detail = useQuery({ ...executionQueries.step(executionId, row.path, version), enabled: run !== undefined, placeholderData: (before) => (before?.path === row.path ? before : undefined) })
  const attempts = detail.data?.attempts ?? []
  const attempt = attempts.find((one) => one.number === search.attempt) ?? attempts.at(-1)
  const tab = search.tab ?? 'summary'
  return (
    <section className={styles.panel} aria-label={`Step ${row.id}`}>
      <PanelHead row={row} attempt={attempt} onBack={onBack} />
      <Tabs<StepTab> tabs={tabsOf(detail.data, attempt)} chosen={tab} onChoose={(name) => onSearch({ tab: name, at: undefined })} panel="step-panel" />
      <div id="step-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} className={styles.content}>
        {!run && <Unreached row={row} />}
        {run && detail.isPending && <Skeleton rows={8} height={30} />}
        {detail.isError && (
          <Notice role="alert" title={detail.error.message} detail="This step could not be read; the rest of the page is fresh." action={{ label: 'Try again', run: () => void detail.refetch() }} />
        )}
        {detail.data && <TabContent executionId={executionId} version={version} tab={tab} step={detail.data} attempt={attempt} at={search.at} onSearch={onSearch} />}
      </div>
    </section>
  )
}

function PanelHead({ row, attempt, onBack }: { row: Row; attempt: Attempt | undefined; onBack: () => void }) {
  const look = stepLook(row.state)
  const command = useMemo(() => (attempt ? commandOf(row.action, attempt) : null), [row.action, attempt])
  return (
    <header className={styles.head}>
      <Button small className={styles.back ?? ''} onClick={onBack} aria-label="Back to the steps">
        <Icon name="back" size={14} />
      </Button>
      <StatusIcon tone={look.tone} label={look.label} />
      <h2 className={styles.id}>{row.id}</h2>
      {row.name && <span className={styles.stepName}>{row.name}</span>}
      <span className={styles.tag}>{row.action}</span>
      <span className={styles.space} />
      {command && <CopyButton label={`Copy as ${command.tool}`} text={() => command.text} />}
    </header>
  )
}

function Unreached({ row }: { row: Row }) {
  return row.state === 'to_come' ? (
    <Notice title={`${row.id} has not begun.`} detail="It shows here as soon as it does." />
  ) : (
    <Notice title={`${row.id} was not reached.`} detail="The run ended before it." />
  )
}

function tabsOf(step: StepDetail | undefined, attempt: Attempt | undefined): Tab<StepTab>[] {
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
