import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { momentText, wholeMomentText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { createToken, revokeToken, type Token, workspaceQueries } from '../api'
import { Confirm } from '@/ui/Confirm'
import { NewToken } from './NewToken'
import { Once } from '@/ui/Once'
import { Paged } from '@/ui/Paged'
import styles from './workspace.module.css'

/** One's own API tokens; for admins also everybody's. */
export function Tokens({ role }: { role: string }) {
  const queries = useQueryClient()
  const [ofAll, setOfAll] = useState(false)
  const [cursor, setCursor] = useState<string>()
  const list = useQuery(workspaceQueries.tokens(ofAll, cursor))
  const again = (): void => void queries.invalidateQueries({ queryKey: workspaceQueries.all })
  const create = useMutation({ mutationFn: createToken, onSuccess: again })
  const revoke = useMutation({ mutationFn: revokeToken, onSuccess: again })
  return (
    <div className={styles.part}>
      {create.data ? (
        <Once
          title={`The token ${create.data.token.name}`}
          text={create.data.secret}
          hint="It is shown this once. Send it as Authorization: Bearer, or set STEPWELL_TOKEN for the command line."
          onDone={() => create.reset()}
        />
      ) : (
        <NewToken role={role} isBusy={create.isPending} problem={create.error?.message} onCreate={create.mutate} />
      )}
      <Card
        title="API tokens"
        aside={
          role === 'admin' && (
            <label className={styles.check}>
              <input
                type="checkbox"
                checked={ofAll}
                onChange={(event) => {
                  setCursor(undefined)
                  setOfAll(event.target.checked)
                }}
              />
              Of every member
            </label>
          )
        }
      >
        {revoke.isError && <p className={styles.problem} role="alert">{revoke.error.message}</p>}
        <Paged
          label="API tokens"
          query={list}
          heads={['Name', 'Begins with', 'Of', 'Role', 'Made', 'Expires', 'Last used', 'State', '']}
          empty="No token yet. One lets a pipeline or a script call the API as you."
          cursor={cursor}
          onCursor={setCursor}
          row={(token: Token) => (
            <tr key={token.id} data-token={token.name}>
              <td>{token.name}</td>
              <td className={styles.mono}>{token.hint}…</td>
              <td>{token.user}</td>
              <td>{token.role}</td>
              <Moment at={token.created_at} />
              <Moment at={token.expires_at} none="never" />
              <Moment at={token.last_used_at} none="never" />
              <td className={token.state === 'in use' ? '' : styles.quiet}>{token.state}</td>
              <td className={styles.end}>
                {token.state === 'in use' && (
                  <Confirm label="Revoke" sure={`Revoke ${token.name}`} isBusy={revoke.isPending} onSure={() => revoke.mutate(token.id)} />
                )}
              </td>
            </tr>
          )}
        />
      </Card>
    </div>
  )
}

function Moment({ at, none = '—' }: { at: string | null | undefined; none?: string }) {
  if (!at) return <td className={styles.quiet}>{none}</td>
  return (
    <td className={styles.cell} title={wholeMomentText(at)}>
      {momentText(at)}
    </td>
  )
}
