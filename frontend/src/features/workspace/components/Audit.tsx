import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { momentText, wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { type AuditEntry, type AuditSearch, workspaceQueries } from '../api'
import { Paged } from '@/ui/Paged'
import styles from './workspace.module.css'

/** Who did what in the workspace, for its admins. The address holds the filter. */
export function Audit({ search, onSearch }: { search: AuditSearch; onSearch: (search: AuditSearch) => void }) {
  const list = useQuery(workspaceQueries.audit(search))
  const [actor, setActor] = useState(search.actor ?? '')
  const [verb, setVerb] = useState(search.verb ?? '')
  const [target, setTarget] = useState(search.target ?? '')
  const submit = (event: React.SyntheticEvent): void => {
    event.preventDefault()
    onSearch({ actor: actor.trim() || undefined, verb: verb.trim() || undefined, target: target.trim() || undefined })
  }
  return (
    <div className={styles.part}>
      <Card title="Audit log">
        <form className={styles.form} onSubmit={submit} role="search">
          <label className={styles.field}>
            Who
            <input value={actor} onChange={(event) => setActor(event.target.value)} placeholder="anna" maxLength={150} />
          </label>
          <label className={styles.field}>
            What
            <input value={verb} onChange={(event) => setVerb(event.target.value)} placeholder="token. or token.created" maxLength={64} />
          </label>
          <label className={styles.field}>
            To what
            <input value={target} onChange={(event) => setTarget(event.target.value)} maxLength={255} />
          </label>
          <Button type="submit">Filter</Button>
        </form>
        <Paged
          label="Audit log"
          query={list}
          heads={['When', 'Who', 'What', 'To what', 'Details']}
          empty="Nothing that matches was done in this workspace."
          cursor={search.cursor}
          onCursor={(cursor) => onSearch({ ...search, cursor })}
          row={(entry: AuditEntry) => (
            <tr key={entry.id}>
              <td className={styles.cell} title={wholeMomentText(entry.at)}>{momentText(entry.at)}</td>
              <td className={styles.cell}>{entry.actor}</td>
              <td className={`${styles.mono ?? ''} ${styles.cell ?? ''}`}>{entry.verb}</td>
              <td>{entry.target}</td>
              <td className={styles.quiet}>{detailText(entry.details)}</td>
            </tr>
          )}
        />
      </Card>
    </div>
  )
}

function detailText(details: Record<string, unknown>): string {
  const told = Object.entries(details).filter(([, value]) => value !== null && value !== '')
  return told.map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ')
}
