import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { countText, momentText, wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Paged } from '@/ui/Paged'
import { type Delivery, notificationQueries, sendAgain } from '../api'
import { toldText } from '../words'
import styles from './notifications.module.css'

/** What was sent, what came of it, and why not. */
export function Deliveries({ mayWrite }: { mayWrite: boolean }) {
  const queries = useQueryClient()
  const [status, setStatus] = useState('')
  const [cursor, setCursor] = useState<string>()
  const list = useQuery(notificationQueries.deliveries(status, cursor))
  const resend = useMutation({ mutationFn: sendAgain, onSuccess: () => void queries.invalidateQueries({ queryKey: [...notificationQueries.all, 'deliveries'] }) })
  return (
    <Card
      title="Delivery log"
      aside={
        <select
          className={styles.filter}
          aria-label="Which deliveries"
          value={status}
          onChange={(event) => {
            setCursor(undefined)
            setStatus(event.target.value)
          }}
        >
          <option value="">All</option>
          <option value="sent">Sent</option>
          <option value="pending">To be sent</option>
          <option value="failed">Given up</option>
        </select>
      }
    >
      {resend.isError && (
        <p className={styles.problem} role="alert">
          {resend.error.message}
        </p>
      )}
      <Paged
        label="Delivery log"
        query={list}
        heads={['Written', 'To', 'About', 'What came of it', '']}
        empty={status ? 'None of these.' : 'Nothing was sent yet.'}
        cursor={cursor}
        onCursor={setCursor}
        row={(one: Delivery) => (
          <tr key={one.id} data-delivery={one.id} data-status={one.status}>
            <td className={styles.cell} title={wholeMomentText(one.created_at)}>
              {momentText(one.created_at)}
            </td>
            <td>{one.target_name}</td>
            <td>
              {toldText(one.occasion)} <Run id={one.execution} />
            </td>
            <td className={one.status === 'failed' ? styles.failed : ''}>
              <Came delivery={one} />
            </td>
            <td className={styles.end}>
              {mayWrite && one.status !== 'pending' && (
                <Button small disabled={resend.isPending} onClick={() => resend.mutate(one.id)} aria-label={`Send it to ${one.target_name} again`}>
                  Send again
                </Button>
              )}
            </td>
          </tr>
        )}
      />
    </Card>
  )
}

function Run({ id }: { id: number | null | undefined }) {
  if (!id) return null
  return (
    <Link to="/executions/$executionId" params={{ executionId: String(id) }}>
      #{id}
    </Link>
  )
}

function Came({ delivery }: { delivery: Delivery }) {
  const { status, tries, answer, due_at: due, sent_at: sent } = delivery
  if (status === 'sent') return <>Sent{sent && `, ${momentText(sent)}`}{answer && <span className={styles.quiet}>, {answer}</span>}</>
  if (status === 'failed') return <>Given up after {countText(tries, 'try', 'tries')}: {answer ?? 'nobody knows why'}</>
  if (tries === 0) return <>To be sent</>
  return <>Tried {countText(tries, 'time')}: {answer ?? 'no answer yet'}{due && `, again ${momentText(due)}`}</>
}
