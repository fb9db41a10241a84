import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { momentText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { Notice } from '@/ui/Notice'
import { statusLook } from '@/ui/runStatus'
import { Skeleton } from '@/ui/Skeleton'
import { StatusWord } from '@/ui/StatusWord'
import { callsOf, hookQueries } from '../api'
import styles from './hooks.module.css'

/** What the last calls of a hook started. Calls that were refused started nothing, and are not here. */
export function Calls({ name }: { name: string }) {
  const calls = useQuery(hookQueries.calls(name))
  return (
    <Card
      title={`Last calls of ${name}`}
      aside={
        <Link to="/executions" search={{ q: callsOf(name) }}>
          All of them
        </Link>
      }
    >
      {calls.isPending && <Skeleton rows={3} height={32} />}
      {calls.isError && <Notice role="alert" title={calls.error.message} action={{ label: 'Try again', run: () => void calls.refetch() }} />}
      {calls.data?.items.length === 0 && <p className={styles.empty}>None started anything yet.</p>}
      <ul className={styles.calls}>
        {calls.data?.items.map((one) => {
          const look = statusLook(one.status)
          return (
            <li key={one.id}>
              <Link to="/executions/$executionId" params={{ executionId: String(one.id) }}>
                <StatusWord tone={look.tone} label={look.label} />
                <span>
                  #{one.id} {one.flow_name}
                </span>
                <span className={styles.quiet}>{momentText(one.queued_at)}</span>
                {one.failure && <span className={styles.quiet}>{one.failure.message}</span>}
              </Link>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
