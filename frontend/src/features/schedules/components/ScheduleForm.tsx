import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '@/lib/http'
import { Button } from '@/ui/Button'
import { EnvironmentSelect } from '@/ui/EnvironmentSelect'
import { Field } from '@/ui/Field'
import { FlowInput } from '@/ui/FlowInput'
import { LeaveGuard } from '@/ui/LeaveGuard'
import { saveSchedule, scheduleQueries } from '../api/queries'
import type { Schedule } from '../api/types'
import { type Edits, editsOf, isChanged, orderOf, timesOf } from '../edits'
import { NextRuns } from './NextRuns'
import { PolicyFields } from './PolicyFields'
import styles from './ScheduleForm.module.css'
import { TimesFields } from './TimesFields'
import { VariableRows } from './VariableRows'

interface Props {
  /** None: a new one is made. */
  schedule: Schedule | undefined
  mayWrite: boolean
  onSaved: (schedule: Schedule) => void
  /** What stands below the form. */
  children?: React.ReactNode
}

const TYPING = 300

function here(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

export function ScheduleForm({ schedule, mayWrite, onSaved, children }: Props) {
  const queries = useQueryClient()
  const [base, setBase] = useState(schedule)
  const [before, setBefore] = useState(() => editsOf(schedule, here()))
  const [edits, setEdits] = useState(before)
  const take = (saved: Schedule | undefined): void => {
    const fresh = editsOf(saved, here())
    setBase(saved)
    setBefore(fresh)
    setEdits(fresh)
  }
  const isDirty = isChanged(before, edits)
  const isBehind = schedule !== undefined && base !== undefined && schedule.revision > base.revision
  const [times] = useDebouncedValue(timesOf(edits), TYPING)
  const preview = useQuery(scheduleQueries.preview(times))
  const { body, wrong } = orderOf(edits)
  const save = useMutation({
    mutationFn: (seen: Schedule | undefined) => saveSchedule(seen, body),
    onSuccess: async (saved) => {
      take(saved)
      queries.setQueryData(scheduleQueries.one(saved.id).queryKey, saved)
      onSaved(saved)
      await queries.invalidateQueries({ queryKey: scheduleQueries.list.queryKey })
    },
    onError: async (error) => {
      if (schedule && error instanceof Problem && error.status === 412) await queries.invalidateQueries({ queryKey: scheduleQueries.one(schedule.id).queryKey })
    },
  })
  if (isBehind && !isDirty && !save.isPending) take(schedule)
  const change = (part: Partial<Edits>): void => setEdits((now) => ({ ...now, ...part }))
  const isWrong = wrong.size > 0 || !body.name || !body.flow || times === null || preview.isError
  const isSaved = schedule !== undefined && !isChanged(timeEdits(before), timeEdits(edits))
  return (
    <form
      className={styles.columns}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isWrong) save.mutate(base)
      }}
    >
      <div className={styles.main}>
        {isBehind && isDirty && (
          <div className={styles.conflict} role="alert">
            <p>Somebody changed this schedule after you began. What you typed is still here.</p>
            <Button small onClick={() => save.mutate(schedule)}>
              Save mine over it
            </Button>
            <Button small onClick={() => take(schedule)}>
              Take theirs
            </Button>
          </div>
        )}
        {save.isError && !isBehind && (
          <p className={styles.refused} role="alert">
            {save.error.message}
          </p>
        )}
        <fieldset className={styles.card} disabled={!mayWrite}>
          <div className={styles.facts}>
            <Field label="Name">
              <input value={edits.name} required maxLength={100} placeholder="nightly" onChange={(event) => change({ name: event.target.value })} />
            </Field>
            <Field label="Description">
              <input value={edits.description} maxLength={2000} onChange={(event) => change({ description: event.target.value })} />
            </Field>
            <Field label="Flow" hint="Each run takes its latest version">
              <FlowInput value={edits.flow} required onChange={(flow) => change({ flow })} />
            </Field>
            <Field label="Environment">
              <EnvironmentSelect value={edits.environment} onChange={(environment) => change({ environment })} />
            </Field>
          </div>
          <TimesFields edits={edits} problem={preview.error?.message} wrong={wrong} onChange={change} />
          <PolicyFields edits={edits} wrong={wrong} onChange={change} />
          <VariableRows rows={edits.variables} wrong={wrong} isReadOnly={!mayWrite} onChange={(variables) => change({ variables })} />
        </fieldset>
        {mayWrite && (
          <footer className={styles.foot}>
            <Button type="submit" look="primary" disabled={save.isPending || isWrong || (schedule !== undefined && !isDirty)}>
              {schedule ? 'Save changes' : 'Create schedule'}
            </Button>
            {schedule && isDirty && <Button onClick={() => take(schedule)}>Discard</Button>}
            {schedule && isDirty && <span className={styles.quiet}>not saved</span>}
          </footer>
        )}
        {children}
      </div>
      <NextRuns preview={isSaved ? schedule : preview.isError ? undefined : preview.data} isPending={!isSaved && times !== null && preview.isPending} isPaused={schedule?.is_paused === true} />
      <LeaveGuard isDirty={mayWrite && isDirty && !save.isPending && !(schedule === undefined && save.isSuccess)} />
    </form>
  )
}

/** What says when it runs, and nothing else. */
function timeEdits(edits: Edits): Edits {
  const { isCron, cron, every, unit, timezone } = edits
  return { ...editsOf(undefined, ''), isCron, cron, every, unit, timezone }
}
