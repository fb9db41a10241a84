import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { analyticsQueries, changeGroup, type GroupChange } from '../api/queries'
import type { Group } from '../api/types'
import { CATEGORIES, STATES } from '../failures'
import styles from './GroupForm.module.css'

const HINTS: Record<string, string> = {
  open: 'Nobody has taken it up.',
  acknowledged: 'Somebody knows.',
  resolved: 'Mended. The next one opens it again, and says that it came back.',
  muted: 'Never opens again by itself.',
}

/** What people say of a failure: its state, the cause, a note. */
export function GroupForm({ group, mayWrite }: { group: Group; mayWrite: boolean }) {
  const queries = useQueryClient()
  // What is being written stays while the rest changes; without it the note is what was saved last.
  const [draft, setDraft] = useState<string | null>(null)
  const note = draft ?? group.note
  const change = useMutation({
    mutationFn: (part: GroupChange) => changeGroup(group.fingerprint, part),
    onSuccess: async (_, part) => {
      await queries.invalidateQueries({ queryKey: analyticsQueries.all })
      if (part.note !== undefined) setDraft((now) => (now === part.note ? null : now))
    },
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate({ note })
      }}
    >
      <fieldset className={styles.states} disabled={!mayWrite || change.isPending}>
        <legend className="spoken">State</legend>
        {Object.entries(STATES).map(([state, { label }]) => (
          <button key={state} type="button" aria-pressed={state === group.state} className={styles.state} title={HINTS[state]} onClick={() => change.mutate({ state: state as NonNullable<GroupChange['state']> })}>
            {label}
          </button>
        ))}
      </fieldset>
      <p className={styles.hint}>{HINTS[group.state]}</p>
      <Field label="Cause">
        <select value={group.category} disabled={!mayWrite || change.isPending} onChange={(event) => change.mutate({ category: event.target.value as NonNullable<GroupChange['category']> })}>
          <option value="">Not said</option>
          {Object.entries(CATEGORIES).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Note">
        <textarea rows={3} value={note} disabled={!mayWrite} placeholder="What is known, and where it is worked on" onChange={(event) => setDraft(event.target.value)} />
      </Field>
      {change.error && (
        <p role="alert" className={styles.refused}>
          {change.error.message}
        </p>
      )}
      {mayWrite && (
        <div>
          <Button type="submit" disabled={note === group.note || change.isPending}>
            Save the note
          </Button>
        </div>
      )}
    </form>
  )
}
