import { Link } from '@tanstack/react-router'
import { durationText, momentText } from '@/lib/time'
import { statusLook } from '@/ui/runStatus'
import { StatusWord } from '@/ui/StatusWord'
import type { Recent } from '../api/types'
import styles from './LastRuns.module.css'

const SHOWN = 4

export function LastRuns({ recent }: { recent: Recent | undefined }) {
  const runs = recent?.finished.slice(-SHOWN).reverse() ?? []
  if (runs.length === 0) return null
  return (
    <section className={styles.runs} aria-label="Last runs of this flow">
      <p className={styles.label}>Last runs of this flow</p>
      {runs.map((run) => {
        const look = statusLook(run.status)
        return (
          <Link key={run.id} to="/executions/$executionId" params={{ executionId: String(run.id) }} className={styles.run} preload={false}>
            <StatusWord tone={look.tone} label={look.label} />
            <span className={styles.number}>#{run.id}</span>
            <span className={styles.environment}>{run.environment}</span>
            <span>{durationText(run.duration_ms)}</span>
            <span className={styles.when}>{momentText(run.finished_at ?? run.queued_at)}</span>
          </Link>
        )
      })}
    </section>
  )
}
