import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { EnvironmentSelect } from '@/ui/EnvironmentSelect'
import { Field } from '@/ui/Field'
import { FormFoot } from '@/ui/FormFoot'
import { FlowInput } from '@/ui/FlowInput'
import { Icon } from '@/ui/Icon'
import { createHook, editHook, type Hook, type HookMade } from '../api'
import { type Edits, editsOf, orderOf, type PathEdit } from '../edits'
import styles from './hooks.module.css'

interface Props {
  /** None: a new one is made. */
  hook: Hook | undefined
  onDone: (made: HookMade | undefined) => void
}

export function HookForm({ hook, onDone }: Props) {
  const [edits, setEdits] = useState(() => editsOf(hook))
  const change = (part: Partial<Edits>): void => setEdits((now) => ({ ...now, ...part }))
  const save = useMutation({
    mutationFn: async (): Promise<HookMade | undefined> => {
      const order = orderOf(edits, hook?.labels ?? {})
      if (!hook) return createHook(order)
      await editHook(hook.id, order)
      return undefined
    },
    onSuccess: onDone,
  })
  return (
    <form
      aria-label={hook ? `Edit ${hook.name}` : 'New hook'}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <div className={styles.form}>
        <Field label="Name" hint="Executions say that it started them">
          <input value={edits.name} required maxLength={100} placeholder="shop" onChange={(event) => change({ name: event.target.value })} />
        </Field>
        <Field label="Flow" hint="Each call takes its latest version">
          <FlowInput value={edits.flow} required onChange={(flow) => change({ flow })} />
        </Field>
        <Field label="Environment">
          <EnvironmentSelect value={edits.environment} onChange={(environment) => change({ environment })} />
        </Field>
        <Field label="Calls a minute" hint="More are refused">
          <input type="number" min={1} max={6000} required value={edits.perMinute} onChange={(event) => change({ perMinute: event.target.valueAsNumber })} />
        </Field>
      </div>
      <Paths rows={edits.paths} onChange={(paths) => change({ paths })} />
      <FormFoot save={save} words={hook ? 'Save hook' : 'Create hook'} onLeave={() => onDone(undefined)} />
    </form>
  )
}

function Paths({ rows, onChange }: { rows: PathEdit[]; onChange: (rows: PathEdit[]) => void }) {
  const change = (key: string, part: Partial<PathEdit>): void => onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <section className={styles.paths} aria-label="Variables from what is posted">
      <h4>Variables from what is posted</h4>
      {rows.map((row) => (
        <div key={row.key} className={styles.path}>
          <input aria-label="Name of the variable" placeholder="ORDER_ID" value={row.name} onChange={(event) => change(row.key, { name: event.target.value })} />
          <input aria-label={`Path of ${row.name || 'the variable'}`} placeholder="body.order.id" value={row.path} onChange={(event) => change(row.key, { path: event.target.value })} />
          <button type="button" className={styles.remove} aria-label={`Remove ${row.name || 'the variable'}`} onClick={() => onChange(rows.filter((one) => one.key !== row.key))}>
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
      <Button small onClick={() => onChange([...rows, { key: crypto.randomUUID(), name: '', path: '' }])}>
        Add a variable
      </Button>
    </section>
  )
}
