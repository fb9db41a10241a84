import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { durationText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { StatusWord } from '@/ui/StatusWord'
import { batchQueries, type BatchRow } from '../api'
import { rowLook } from '../rows'
import styles from './batches.module.css'

/** Each row of the file, and what became of it. What a row holds is kept encrypted and shown nowhere. */
export function BatchRows({ id, isOver }: { id: number; isOver: boolean }) {
  const rows = useInfiniteQuery(batchQueries.rows(id, isOver))
  if (rows.isPending) return <Skeleton rows={8} height={34} />
  if (!rows.data) return <Notice role="alert" title={rows.error.message} detail="The rows could not be read." action={{ label: 'Try again', run: () => void rows.refetch() }} />
  return (
    <>
      <div className={styles.scroll}>
        <table className={styles.table} aria-label="Rows">
          <thead>
            <tr>
              <th className={styles.number}>Row</th>
              <th>Status</th>
              <th>Named</th>
              <th>Execution</th>
              <th>Duration</th>
              <th>What failed</th>
            </tr>
          </thead>
          <tbody>
            {rows.data.pages.flatMap((page) => page.items).map((row) => (
              <Row key={row.number} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.hasNextPage && (
        <p className={styles.more}>
          <Button disabled={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
            More rows
          </Button>
        </p>
      )}
    </>
  )
}

function Row({ row }: { row: BatchRow }) {
  const look = rowLook(row)
  const run = row.execution
  return (
    <tr data-row={row.number} data-status={run?.status ?? row.status}>
      <td className={styles.number}>{row.number}</td>
      <td>
        <StatusWord tone={look.tone} label={look.label} />
      </td>
      <td>{row.label ?? '—'}</td>
      <td>
        {run && (
          <Link to="/executions/$executionId" params={{ executionId: String(run.id) }} preload={false}>
            #{run.id}
          </Link>
        )}
      </td>
      <td>{run ? durationText(run.duration_ms) : ''}</td>
      <td className={run?.quarantined ? styles.quiet : styles.why}>{[run?.quarantined && `In quarantine (${run.quarantined})`, run?.failed_step, run?.failure_message, row.reason].filter(Boolean).join(': ')}</td>
    </tr>
  )
}
