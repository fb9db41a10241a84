import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Field } from '@/ui/Field'
import { FormFoot } from '@/ui/FormFoot'
import { createTarget, editTarget, type Target, type TargetIn } from '../api'
import { KINDS } from '../words'
import styles from './notifications.module.css'

type Made = Awaited<ReturnType<typeof createTarget>>

interface Props {
  /** None: a new one is made. */
  target: Target | undefined
  onDone: (made: Made | undefined) => void
}

export function TargetForm({ target, onDone }: Props) {
  const [name, setName] = useState(target?.name ?? '')
  const [kind, setKind] = useState<TargetIn['kind']>((target?.kind ?? 'webhook') as TargetIn['kind'])
  const [address, setAddress] = useState('')
  const save = useMutation({
    mutationFn: async (): Promise<Made | undefined> => {
      if (!target) return createTarget({ name, kind, address })
      await editTarget(target.id, { name, ...(address ? { address } : {}) })
      return undefined
    },
    onSuccess: onDone,
  })
  return (
    <form
      aria-label={target ? `Edit ${target.name}` : 'New target'}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <div className={styles.form}>
        <Field label="Name">
          <input value={name} required maxLength={100} placeholder="on-call" onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Kind">
          <select value={kind} disabled={target !== undefined} onChange={(event) => setKind(event.target.value as TargetIn['kind'])}>
            {Object.entries(KINDS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        <Field label={kind === 'email' ? 'E-mail address' : 'Address'} hint={target ? `Left empty, it stays ${target.hint}` : 'Kept encrypted, and never shown again'}>
          <input
            value={address}
            required={!target}
            type={kind === 'email' ? 'email' : 'url'}
            maxLength={2000}
            autoComplete="off"
            placeholder={kind === 'email' ? 'team@example.org' : 'https://…'}
            onChange={(event) => setAddress(event.target.value)}
          />
        </Field>
      </div>
      <FormFoot save={save} words={target ? 'Save target' : 'Create target'} onLeave={() => onDone(undefined)} />
    </form>
  )
}
