import { Menu } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import type { Execution, Facts, RerunIn } from '../api/types'
import styles from './ExecutionHeader.module.css'

const OtherVariables = lazy(() => import('./OtherVariables'))

interface Props {
  execution: Execution
  facts: Facts | undefined
  /** The step that is open, where a run could begin with it. */
  openPath: string | undefined
  disabled: boolean
  why: string | undefined
  onRerun: (order: Partial<RerunIn>) => void
}

/** Again at once, or in one of the other ways. */
export function RerunButton({ execution, facts, openPath, disabled, why, onRerun }: Props) {
  const [asks, setAsks] = useState(false)
  const latest = facts?.latest_version
  return (
    <span className={styles.pair}>
      <Button look="primary" disabled={disabled} title={why ?? todayWords(execution, latest)} onClick={() => onRerun({})}>
        <Icon name="rerun" size={14} />
        Re-run
      </Button>
      <Menu>
        <Menu.Target>
          <Button look="primary" aria-label="Other ways to re-run" disabled={disabled} title={why}>
            <Icon name="down" size={12} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onRerun({ mode: 'today' })}>{todayWords(execution, latest)}</Menu.Item>
          <Menu.Item onClick={() => onRerun({ mode: 'as_it_was' })}>As it was, version {execution.flow_version}</Menu.Item>
          <Menu.Item onClick={() => setAsks(true)}>With other variables …</Menu.Item>
          {openPath && (
            <Menu.Item onClick={() => onRerun({ mode: 'from_step', from_step: openPath })}>
              From <span className="mono">{openPath.split('/').at(-1)}</span>, with the values it had
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {asks && (
        <Suspense>
          <OtherVariables overrides={facts?.overrides ?? {}} onClose={() => setAsks(false)} onRerun={onRerun} />
        </Suspense>
      )}
    </span>
  )
}

function todayWords(execution: Execution, latest: number | undefined): string {
  if (latest === undefined) return "With today's flow"
  return latest === execution.flow_version ? `With today's flow, still version ${latest}` : `With today's flow, version ${latest}`
}
