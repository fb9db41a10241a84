import { Link } from '@tanstack/react-router'
import { durationText, momentText, wholeMomentText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Execution } from '../api/types'
import { statusLook } from '../status'
import styles from './ExecutionFacts.module.css'
import { TriggeredBy } from './ExecutionRow'

interface Props {
  execution: Execution
  family: Execution[]
  now: number
}

export function ExecutionFacts({ execution, family, now }: Props) {
  const isOver = statusLook(execution.status).final
  const duration = execution.duration_ms ?? (execution.started_at ? now - Date.parse(execution.started_at) : null)
  const started = execution.started_at ?? execution.queued_at
  const labels = Object.entries(execution.labels)
  return (
    <dl className={styles.facts}>
      <Fact name={isOver ? 'Flow, as it ran' : 'Flow, as it runs'}>Version {execution.flow_version}</Fact>
      <Fact name="Environment">{execution.environment ?? 'none'}</Fact>
      <Fact name="Triggered by">
        <TriggeredBy execution={execution} />
      </Fact>
      <Fact name={execution.started_at ? 'Started' : 'Queued'}>
        <time dateTime={started} title={wholeMomentText(started)}>
          {momentText(started)}
        </time>
      </Fact>
      <Fact name={isOver ? 'Duration' : 'Elapsed'}>
        {durationText(duration)}
        {execution.usual_ms ? <span className={styles.usual}> usual {durationText(execution.usual_ms)}</span> : null}
      </Fact>
      {!isOver && execution.deadline && (
        <Fact name="Time limit">{durationText(Math.max(0, Date.parse(execution.deadline) - now))} left</Fact>
      )}
      <Fact name="Workspace">{execution.workspace}</Fact>
      {labels.length > 0 && <Fact name="Labels">{labels.map(([name, value]) => `${name}=${value}`).join(' ')}</Fact>}
      {family.length > 1 && (
        <Fact name="Runs in this family">
          <Family execution={execution} family={family} />
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

const MODES: Record<string, string> = { as_it_was: ' as it was', from_step: ' from ' }

/** The original and its re-runs; long families show both ends. */
function Family({ execution, family }: { execution: Execution; family: Execution[] }) {
  return (
    <nav className={styles.family} aria-label="Runs in this family">
      {family.map((member) => (
        <Link
          key={member.id}
          to="/executions/$executionId"
          params={{ executionId: String(member.id) }}
          className={styles.member}
          aria-current={member.id === execution.id ? 'page' : undefined}
        >
          <StatusIcon tone={statusLook(member.status).tone} label={statusLook(member.status).label} size={12} />
          <b>#{member.id}</b>
          {member.rerun_of === null ? ' original' : (MODES[member.rerun_mode ?? ''] ?? '')}
          {member.rerun_mode === 'from_step' && member.rerun_from?.split('/').at(-1)}
        </Link>
      ))}
    </nav>
  )
}
