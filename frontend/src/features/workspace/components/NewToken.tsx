import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { type Role, rolesUpTo } from '../api'
import styles from './workspace.module.css'

const DAY = 24 * 3600 * 1000
const LIVES = [
  { label: '30 days', days: 30 },
  { label: '90 days', days: 90 },
  { label: 'a year', days: 365 },
  { label: 'never', days: 0 },
] as const

interface Props {
  role: string
  isBusy: boolean
  problem: string | undefined
  onCreate: (order: { name: string; role: Role; expires_at: string | null }) => void
}

export function NewToken({ role, isBusy, problem, onCreate }: Props) {
  const [name, setName] = useState('')
  const [given, setGiven] = useState<Role>(role === 'viewer' ? 'viewer' : 'editor')
  const [days, setDays] = useState<number>(LIVES[1].days)
  const submit = (event: React.SyntheticEvent): void => {
    event.preventDefault()
    onCreate({ name, role: given, expires_at: days ? new Date(Date.now() + days * DAY).toISOString() : null })
  }
  return (
    <Card title="New token">
      <form className={styles.form} onSubmit={submit}>
        <label className={styles.field}>
          Name
          <input value={name} onChange={(event) => setName(event.target.value)} required maxLength={64} placeholder="ci" />
        </label>
        <label className={styles.field}>
          Role
          <select value={given} onChange={(event) => setGiven(event.target.value as Role)}>
            {rolesUpTo(role).map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          Expires
          <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {LIVES.map((one) => (
              <option key={one.days} value={one.days}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
        <Button type="submit" look="primary" disabled={isBusy}>
          Create token
        </Button>
      </form>
      {problem && <p className={styles.problem} role="alert">{problem}</p>}
    </Card>
  )
}
