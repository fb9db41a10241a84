import { Link } from '@tanstack/react-router'
import { durationText, momentText, wholeMomentText } from '@/lib/time'
import { statusLook } from '@/ui/runStatus'
import { StatusWord } from '@/ui/StatusWord'
import type { Batch } from '../api'
import { totalsText } from '../rows'
import styles from './batches.module.css'

export function BatchList({ batches }: { batches: Batch[] }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label="Batches">
        <thead>
          <tr>
            <th>Status</th>
            <th>Batch</th>
            <th>Rows</th>
            <th>Environment</th>
            <th>Started</th>
            <th>Duration</th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => {
            const look = statusLook(batch.status)
            return (
              <tr key={batch.id} data-batch={batch.id}>
                <td>
                  <StatusWord tone={look.tone} label={look.label} />
                </td>
                <td>
                  <Link to="/batches/$batchId" params={{ batchId: String(batch.id) }} className={styles.name}>
                    {batch.flow_name} #{batch.id}
                  </Link>{' '}
                  <span className={styles.quiet}>{batch.source}</span>
                </td>
                <td>{totalsText(batch)}</td>
                <td>{batch.environment ?? '—'}</td>
                <td title={wholeMomentText(batch.created_at)}>
                  {momentText(batch.created_at)} <span className={styles.quiet}>{batch.actor}</span>
                </td>
                <td>{durationText(batch.duration_ms)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
