import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { countText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { statusLook } from '@/ui/runStatus'
import { type Batch, batchQueries, cancelBatch, rerunBatch } from '../api'
import { notPassed } from '../rows'
import styles from './batches.module.css'

/** Cancel while it runs; afterwards run again what did not pass. */
export function BatchActions({ batch, onStarted }: { batch: Batch; onStarted: (batch: Batch) => void }) {
  const queries = useQueryClient()
  const [once, setOnce] = useState(() => crypto.randomUUID())
  const cancel = useMutation({ mutationFn: () => cancelBatch(batch.id), onSettled: () => queries.invalidateQueries({ queryKey: batchQueries.all }) })
  const rerun = useMutation({
    mutationFn: (onlyFailed: boolean) => rerunBatch(batch.id, onlyFailed, once),
    onSuccess: onStarted,
    onSettled: () => setOnce(crypto.randomUUID()),
  })
  const refused = cancel.error ?? rerun.error
  const again = notPassed(batch)
  return (
    <>
      {refused && (
        <span className={styles.problem} role="alert">
          {refused.message}
        </span>
      )}
      {statusLook(batch.status).final ? (
        <>
          <Button disabled={rerun.isPending} onClick={() => rerun.mutate(false)}>
            Re-run all rows
          </Button>
          {again > 0 && (
            <Button look="primary" disabled={rerun.isPending} onClick={() => rerun.mutate(true)}>
              Re-run {countText(again, 'row')} that did not pass
            </Button>
          )}
        </>
      ) : (
        batch.cancel_requested_at === null && <Confirm label="Cancel" sure="Cancel what is not over" isBusy={cancel.isPending} onSure={() => cancel.mutate()} />
      )}
    </>
  )
}
