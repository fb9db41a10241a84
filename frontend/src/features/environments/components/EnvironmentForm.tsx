import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '@/lib/http'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { LeaveGuard } from '@/ui/LeaveGuard'
import { environmentQueries, saveEnvironment } from '../api/queries'
import type { Environment } from '../api/types'
import { changesOf, editsOf } from '../edits'
import styles from './EnvironmentForm.module.css'
import { SecretRows } from './SecretRows'
import { VariableRows } from './VariableRows'

interface Props {
  /** None: a new one is made. */
  environment: Environment | undefined
  mayWrite: boolean
  onSaved: (environment: Environment) => void
}

export function EnvironmentForm({ environment, mayWrite, onSaved }: Props) {
  const queries = useQueryClient()
  const [base, setBase] = useState(environment)
  const [edits, setEdits] = useState(() => editsOf(environment))
  const [name, setName] = useState(environment?.name ?? '')
  const { body, wrong, isDirty } = changesOf(base, edits)
  const isNew = environment === undefined
  const isBehind = environment !== undefined && base !== undefined && environment.tag !== base.tag
  const save = useMutation({
    mutationFn: (tag: string | null) => saveEnvironment(environment?.name ?? name, body, tag),
    onSuccess: async (saved) => {
      setBase(saved)
      setEdits(editsOf(saved))
      queries.setQueryData(environmentQueries.one(saved.name).queryKey, saved)
      onSaved(saved)
      await queries.invalidateQueries({ queryKey: environmentQueries.list.queryKey })
    },
    onError: async (error) => {
      if (environment && error instanceof Problem && error.code === 'environment_changed') await queries.invalidateQueries({ queryKey: environmentQueries.one(environment.name).queryKey })
    },
  })
  const take = (): void => {
    setBase(environment)
    setEdits(editsOf(environment))
    save.reset()
  }
  if (isBehind && !isDirty) take()
  const isRefused = save.isError && !(isBehind && save.error instanceof Problem && save.error.code === 'environment_changed')
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (wrong.size === 0) save.mutate(isNew ? null : (base?.tag ?? null))
      }}
    >
      {isBehind && isDirty && (
        <div className={styles.conflict} role="alert">
          <p>{environment.updated_by || 'Somebody'} changed this environment after you began. What you typed is still here.</p>
          <Button small onClick={() => save.mutate(environment.tag)}>
            Save my changes into theirs
          </Button>
          <Button small onClick={take}>
            Take theirs
          </Button>
        </div>
      )}
      {isRefused && (
        <p className={styles.refused} role="alert">
          {save.error.message}
        </p>
      )}
      <div className={styles.facts}>
        {isNew && (
          <Field label="Name" hint="As flows are run against it: --env staging">
            <input value={name} required maxLength={64} placeholder="staging" onChange={(event) => setName(event.target.value)} />
          </Field>
        )}
        <Field label="Description">
          <input value={edits.description} readOnly={!mayWrite} onChange={(event) => setEdits({ ...edits, description: event.target.value })} />
        </Field>
        <Field label="Worker group" hint="Only workers of it run what runs here; empty for those of none">
          <input value={edits.workerGroup} readOnly={!mayWrite} maxLength={64} placeholder="inside" onChange={(event) => setEdits({ ...edits, workerGroup: event.target.value })} />
        </Field>
      </div>
      <VariableRows rows={edits.variables} wrong={wrong} isReadOnly={!mayWrite} onChange={(variables) => setEdits({ ...edits, variables })} />
      <SecretRows environment={base} rows={edits.secrets} wrong={wrong} isReadOnly={!mayWrite} onChange={(secrets) => setEdits({ ...edits, secrets })} />
      {mayWrite && (
        <footer className={styles.foot}>
          <Button type="submit" look="primary" disabled={save.isPending || wrong.size > 0 || (isNew ? !name : !isDirty)}>
            {isNew ? 'Create environment' : 'Save changes'}
          </Button>
          {!isNew && isDirty && <Button onClick={take}>Discard</Button>}
          {isDirty && !isNew && <span className={styles.quiet}>not saved</span>}
        </footer>
      )}
      <LeaveGuard isDirty={mayWrite && isDirty && !save.isPending && !(isNew && save.isSuccess)} />
    </form>
  )
}
