import { Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Button, buttonClass } from '@/ui/Button'
import { CopyButton } from '@/ui/CopyButton'
import { Icon } from '@/ui/Icon'
import { StatusWord } from '@/ui/StatusWord'
import type { Execution, RerunIn } from '../api/types'
import type { LiveState } from '../hooks/useExecutionLive'
import { statusLook } from '../status'
import styles from './ExecutionHeader.module.css'
import { ExportMenu } from './ExportMenu'
import { LiveCorner } from './LiveCorner'

interface Props {
  execution: Execution
  live: { state: LiveState; since: Date | null }
  mayRun: boolean | null
  openPath: string | undefined
  isBusy: boolean
  onRerun: (order: Partial<RerunIn>) => void
  onCancel: () => void
}

export function ExecutionHeader({ execution, live, mayRun, openPath, isBusy, onRerun, onCancel }: Props) {
  const look = statusLook(execution.status)
  const isStopping = execution.cancel_requested_at !== null
  const why = mayRun === false ? 'This needs the role editor; you are a viewer here.' : undefined
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
        {look.final ? (
          <span className={styles.pair}>
            <Button look="primary" disabled={mayRun !== true || isBusy} title={why} onClick={() => onRerun({})}>
              <Icon name="rerun" size={14} />
              Re-run
            </Button>
            <Menu>
              <Menu.Target>
                <Button look="primary" aria-label="Other ways to re-run" disabled={mayRun !== true || isBusy}>
                  <Icon name="down" size={12} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => onRerun({ mode: 'today' })}>{"With today's version of the flow"}</Menu.Item>
                <Menu.Item onClick={() => onRerun({ mode: 'as_it_was' })}>As it was, version {execution.flow_version}</Menu.Item>
                {openPath && <Menu.Item onClick={() => onRerun({ mode: 'from_step', from_step: openPath })}>From {openPath}</Menu.Item>}
              </Menu.Dropdown>
            </Menu>
          </span>
        ) : (
          <Button look="danger" disabled={mayRun !== true || isBusy || isStopping} title={why} onClick={onCancel}>
            <Icon name="stop" size={14} />
            {isStopping ? 'Stopping' : 'Cancel run'}
          </Button>
        )}
        <Link to="/executions/$executionId/compare" params={{ executionId: String(execution.id) }} className={buttonClass()}>
          <Icon name="compare" size={14} />
          Compare
        </Link>
        <ExportMenu executionId={execution.id} />
        <CopyButton text={() => location.href} label="Link" icon="link" />
      </div>
    </header>
  )
}
