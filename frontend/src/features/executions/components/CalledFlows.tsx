import { Link } from '@tanstack/react-router'
import { durationText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { StatusIcon } from '@/ui/StatusIcon'
import type { StepDetail } from '../api/types'
import { statusLook } from '../status'
import styles from './CalledFlows.module.css'

/** The executions that the step started, one an attempt: what they did is in their own record. */
export function CalledFlows({ called }: { called: StepDetail['called'] }) {
  if (called.length === 0) return null
  return (
    <Card title={called.length === 1 ? 'The flow it ran' : 'The flows it ran'}>
      <ul className={styles.list}>
        {called.map((one) => {
          const look = statusLook(one.status)
          return (
            <li key={one.execution}>
              <Link to="/executions/$executionId" params={{ executionId: String(one.execution) }} className={styles.called}>
                <StatusIcon tone={look.tone} label={look.label} />
                <b>{one.flow_name}</b>
                <span>#{one.execution}</span>
                <span className={styles.took}>{durationText(one.duration_ms)}</span>
              </Link>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
