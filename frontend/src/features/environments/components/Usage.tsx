import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { countText, momentText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { Notice } from '@/ui/Notice'
import { statusLook } from '@/ui/runStatus'
import { Skeleton } from '@/ui/Skeleton'
import { StatusWord } from '@/ui/StatusWord'
import { environmentQueries } from '../api/queries'
import styles from './Usage.module.css'

/** Which flows ran against it lately. */
export function Usage({ name }: { name: string }) {
  const usage = useQuery(environmentQueries.usage([name]))
  const found = usage.data?.get(name)
  const aside = found && found.runs > 0 ? `of the last ${countText(found.runs, 'run')} here` : undefined
  return (
    <Card title="Flows that ran against it" aside={aside}>
      {usage.isPending && <Skeleton rows={3} height={30} />}
      {usage.isError && <Notice role="alert" title={usage.error.message} action={{ label: 'Try again', run: () => void usage.refetch() }} />}
      {found?.waits && (
        <p className={styles.waits} role="status">
          What is started against it now waits. {found.waits}
        </p>
      )}
      {found?.flows.length === 0 && <p className={styles.none}>Nothing has run against it yet.</p>}
      {found?.flows.map((use) => {
        const look = statusLook(use.last.status)
        return (
          <div key={use.flow} className={styles.use}>
            <Link to="/flows/$slug" params={{ slug: use.flow }} className={styles.name}>
              {use.name}
            </Link>
            <Link to="/executions" search={{ q: `flow:${use.flow} env:${name}` }} className={styles.runs}>
              {countText(use.runs, 'run')}
            </Link>
            <Link to="/executions/$executionId" params={{ executionId: String(use.last.id) }} className={styles.last} preload={false}>
              <StatusWord tone={look.tone} label={look.label} />
              <span>{momentText(use.last.queued_at)}</span>
            </Link>
          </div>
        )
      })}
    </Card>
  )
}
