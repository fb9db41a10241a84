import { Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Icon } from '@/ui/Icon'
import { deleteSchedule, pauseSchedule, resumeSchedule, runSchedule, scheduleQueries } from '../api/queries'
import type { Execution, Schedule } from '../api/types'
import styles from './ScheduleActions.module.css'

interface Props {
  schedule: Schedule
  onStarted: (execution: Execution) => void
  onDeleted: () => void
}

/** Run now, pause and resume, delete. */
export function ScheduleActions({ schedule, onStarted, onDeleted }: Props) {
  const queries = useQueryClient()
  const [asks, setAsks] = useState<'pause' | 'delete' | null>(null)
  const [note, setNote] = useState('')
  const close = (): void => setAsks(null)
  const seen = (next: Schedule): void => {
    close()
    queries.setQueryData(scheduleQueries.one(next.id).queryKey, next)
    void queries.invalidateQueries({ queryKey: scheduleQueries.list.queryKey })
  }
  const pause = useMutation({ mutationFn: () => pauseSchedule(schedule.id, note.trim()), onSuccess: seen })
  const resume = useMutation({ mutationFn: () => resumeSchedule(schedule.id), onSuccess: seen })
  const run = useMutation({ mutationFn: () => runSchedule(schedule.id), onSuccess: onStarted })
  const remove = useMutation({
    mutationFn: () => deleteSchedule(schedule.id),
    onSuccess: async () => {
      onDeleted()
      queries.removeQueries({ queryKey: scheduleQueries.one(schedule.id).queryKey })
      await queries.invalidateQueries({ queryKey: scheduleQueries.list.queryKey })
    },
  })
  const refused = run.error ?? resume.error
  return (
    <>
      {refused && (
        <span className={styles.problem} role="alert">
          {refused.message}
        </span>
      )}
      {schedule.is_paused ? (
        <Button disabled={resume.isPending} onClick={() => resume.mutate()}>
          Resume
        </Button>
      ) : (
        <Button onClick={() => setAsks('pause')}>Pause</Button>
      )}
      <Button look="danger" onClick={() => setAsks('delete')}>
        Delete
      </Button>
      <Button look="primary" disabled={run.isPending} onClick={() => run.mutate()}>
        <Icon name="rerun" size={12} />
        Run now
      </Button>
      <Modal opened={asks === 'pause'} onClose={close} title={`Pause ${schedule.name}`} size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            pause.mutate()
          }}
        >
          <Field label="Note" hint="Why, for others. Runs that go on are not stopped." problem={pause.error?.message}>
            <textarea rows={3} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
          </Field>
          <Button type="submit" look="primary" disabled={pause.isPending}>
            Pause it
          </Button>
        </form>
      </Modal>
      <Modal opened={asks === 'delete'} onClose={close} title={`Delete ${schedule.name}?`} size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
        <div className={styles.form}>
          <p>It starts nothing any more, and its history is gone. The executions it started stay.</p>
          {remove.isError && (
            <p className={styles.problem} role="alert">
              {remove.error.message}
            </p>
          )}
          <p className={styles.choices}>
            <Button onClick={close}>Keep it</Button>
            <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
              Delete {schedule.name}
            </Button>
          </p>
        </div>
      </Modal>
    </>
  )
}
