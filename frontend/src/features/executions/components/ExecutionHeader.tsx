import { Link } from '@tanstack/react-router'
import { Button, buttonClass } from '@/ui/Button'
import { CopyButton } from '@/ui/CopyButton'
import { Icon } from '@/ui/Icon'
import { StatusWord } from '@/ui/StatusWord'
import type { Execution, Facts, RerunIn } from '../api/types'
import type { LiveState } from '../hooks/useExecutionLive'
import { statusLook } from '../status'
import styles from './ExecutionHeader.module.css'
import { ExportMenu, PhoneMenu } from './ExportMenu'
import { LiveCorner } from './LiveCorner'
import { RerunButton } from './RerunButton'

interface Props {
  execution: Execution
  facts: Facts | undefined
  live: { state: LiveState; since: Date | null }
  /** null until it is known. */
  mayRun: boolean | null
  /** The open step, where a re-run could begin with it. */
  openPath: string | undefined
  isBusy: boolean
  onRerun: (order: Partial<RerunIn>) => void
  onCancel: () => void
  /** One more thing to do with a run that failed. */
  more?: React.ReactNode
}

export function ExecutionHeader({ execution, facts, live, mayRun, openPath, isBusy, onRerun, onCancel, more }: Props) {
  const look = statusLook(execution.status)
  const isStopping = execution.cancel_requested_at !== null
  const isOffline = live.state === 'offline'
  const why = isOffline ? 'The server does not answer now.' : undefined
  return (
    <header className={styles.top}>
      <div className={styles.name}>
        <Link to="/executions" className={styles.crumb}>
          Executions
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={styles.title} title={execution.flow_name}>
          {execution.flow_name}
        </h1>
        <span className={styles.number}>#{execution.id}</span>
        <StatusWord tone={look.tone} label={look.label} pill />
      </div>
      <div className={styles.actions}>
        <LiveCorner {...live} />
        {mayRun !== false && look.final && (
          <RerunButton execution={execution} facts={facts} openPath={openPath} disabled={mayRun !== true || isBusy || isOffline} why={why} onRerun={onRerun} />
        )}
        {mayRun !== false && !look.final && (
          <Button look="danger" disabled={mayRun !== true || isBusy || isStopping || isOffline} title={why} onClick={onCancel}>
            <Icon name="stop" size={14} />
            {isStopping ? 'Stopping' : 'Cancel run'}
          </Button>
        )}
        {more}
        <Link to="/executions/$executionId/compare" params={{ executionId: String(execution.id) }} className={buttonClass('plain', false, styles.wide)}>
          <Icon name="compare" size={14} />
          Compare
        </Link>
        <ExportMenu executionId={execution.id} />
        <PhoneMenu executionId={execution.id} />
        <CopyButton text={() => location.href} label="Copy link" icon="link" iconOnly />
      </div>
    </header>
  )
}
