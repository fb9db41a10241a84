import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { jsonText } from '@/lib/exactJson'
import { clockText, countText, durationText, momentText, wholeMomentText } from '@/lib/time'
import { Masked } from '@/ui/Masked'
import type { Execution, Facts } from '../api/types'
import { statusLook } from '../status'
import { CalledBy } from './CalledBy'
import styles from './ExecutionFacts.module.css'
import { Family } from './Family'
import { TimeLimit } from './TimeLimit'
import { TriggeredBy } from './TriggeredBy'

const FlowChanges = lazy(() => import('./FlowChanges'))

interface Props {
  execution: Execution
  facts: Facts | undefined
  family: Execution[]
  now: number
}

const SLOW_FROM = 1.45

export function ExecutionFacts({ execution, facts, family, now }: Props) {
  const isOver = statusLook(execution.status).final
  const duration = execution.duration_ms ?? (execution.started_at ? Math.max(0, now - Date.parse(execution.started_at)) : null)
  const started = execution.started_at ?? execution.queued_at
  const labels = Object.entries(execution.labels)
  const overrides = Object.entries(facts?.overrides ?? {})
  const usual = facts?.usual?.duration_ms
  return (
    <dl className={styles.facts}>
      <Fact name={isOver ? 'Flow, as it ran' : 'Flow, as it runs'}>
        Version {execution.flow_version} <EditsSince execution={execution} facts={facts} />
      </Fact>
      <Fact name="Environment">{execution.environment ?? 'none'}</Fact>
      <Fact name="Triggered by">
        <TriggeredBy execution={execution} />
      </Fact>
      <Fact name={execution.started_at ? 'Started' : 'Queued'}>
        <time dateTime={started} title={wholeMomentText(started)}>
          {new Date(started).toDateString() === new Date().toDateString() ? `today, ${clockText(started)}` : momentText(started)}
        </time>
      </Fact>
      <Fact name={isOver ? 'Duration' : 'Elapsed'}>
        <span className={styles.steady}>{durationText(duration)}</span>
        {usual !== undefined && (
          <span className={duration !== null && duration > SLOW_FROM * usual ? styles.slow : styles.usual} title={`Median of ${countText(facts?.usual?.runs ?? 0, 'run')} that passed`}>
            {' '}
            usual {durationText(usual)}
          </span>
        )}
      </Fact>
      <Fact name="Workspace">{execution.workspace}</Fact>
      {execution.called_by && (
        <Fact name="Run by the step">
          <CalledBy by={execution.called_by} />
        </Fact>
      )}
      {execution.batch != null && (
        <Fact name="Batch">
          <Link to="/batches/$batchId" params={{ batchId: String(execution.batch) }}>
            #{execution.batch}
          </Link>
        </Fact>
      )}
      {overrides.length > 0 && (
        <Fact name="Overrides">
          <span className={styles.values}>
            <Masked text={overrides.map(([name, value]) => `${name}=${typeof value === 'string' ? value : jsonText(value)}`).join('  ')} />
          </span>
        </Fact>
      )}
      {labels.length > 0 && (
        <Fact name="Labels">
          <span className={styles.values}>{labels.map(([name, value]) => `${name}=${value}`).join('  ')}</span>
        </Fact>
      )}
      {family.length > 1 && (
        <Fact name="Runs in this family">
          <Family execution={execution} family={family} />
        </Fact>
      )}
      {/* Last, so that nothing moves when the run ends. */}
      {!isOver && execution.deadline && execution.started_at && (
        <Fact name="Time limit">
          <TimeLimit from={execution.started_at} to={execution.deadline} now={now} />
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function EditsSince({ execution, facts }: { execution: Execution; facts: Facts | undefined }) {
  const [isOpen, setOpen] = useState(false)
  const edits = (facts?.latest_version ?? execution.flow_version) - execution.flow_version
  if (edits <= 0 || !facts) return null
  return (
    <>
      <button type="button" className={styles.link} onClick={() => setOpen(true)}>
        {countText(edits, 'edit')} since
      </button>
      {isOpen && (
        <Suspense>
          <FlowChanges flow={execution.flow} ran={execution.flow_version} latest={facts.latest_version} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
