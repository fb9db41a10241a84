import { useState } from 'react'
import type { components } from '@/lib/schema.gen'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { type Role, ROLES } from '../api'
import styles from './workspace.module.css'

interface Props {
  isBusy: boolean
  problem: string | undefined
  wasAdded: string | undefined
  onAdd: (order: components['schemas']['MemberIn']) => void
}

export function NewMember({ isBusy, problem, wasAdded, onAdd }: Props) {
  const [user, setUser] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [create, setCreate] = useState(false)
  const submit = (event: React.SyntheticEvent): void => {
    event.preventDefault()
    onAdd({ user, role, create, email: create ? email : '' })
  }
  return (
    <Card title="Add a member">
      <form className={styles.form} onSubmit={submit}>
        <label className={styles.field}>
          {create ? 'User name' : 'User name or e-mail'}
          <input value={user} onChange={(event) => setUser(event.target.value)} required maxLength={150} autoCapitalize="none" spellCheck={false} />
        </label>
        {create && (
          <label className={styles.field}>
            E-mail, if any
            <input type="email" value={email} onChange={(event) => setEmail(event.target.value)} maxLength={254} />
          </label>
        )}
        <label className={styles.field}>
          Role
          <select value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {ROLES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label className={styles.check}>
          <input type="checkbox" checked={create} onChange={(event) => setCreate(event.target.checked)} />
          Somebody without an account
        </label>
        <Button type="submit" look="primary" disabled={isBusy}>
          {create ? 'Create user and link' : 'Add member'}
        </Button>
      </form>
      {problem && <p className={styles.problem} role="alert">{problem}</p>}
      {!problem && wasAdded && <p className={styles.hint} role="status">{wasAdded} is a member now.</p>}
    </Card>
  )
}
