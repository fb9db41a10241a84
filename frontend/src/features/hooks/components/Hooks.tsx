import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { momentText, wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Confirm } from '@/ui/Confirm'
import { CopyButton } from '@/ui/CopyButton'
import { Paged } from '@/ui/Paged'
import { type Hook, type HookMade, hookQueries, revokeHook } from '../api'
import { curlOf } from '../sample'
import { Calls } from './Calls'
import { HookForm } from './HookForm'
import styles from './hooks.module.css'
import { Made } from './Made'

/** Addresses that start a flow when somebody posts to them. */
export function Hooks({ mayWrite }: { mayWrite: boolean }) {
  const queries = useQueryClient()
  const list = useQuery(hookQueries.list)
  const [form, setForm] = useState<'new' | Hook | null>(null)
  const [made, setMade] = useState<HookMade | null>(null)
  const [opened, setOpened] = useState<string | null>(null)
  const again = (): void => void queries.invalidateQueries({ queryKey: hookQueries.all })
  const revoke = useMutation({ mutationFn: revokeHook, onSuccess: again })
  return (
    <div className={styles.part}>
      {made && <Made made={made} onDone={() => setMade(null)} />}
      <Card
        title="Hooks"
        aside={
          mayWrite && form === null && (
            <Button small onClick={() => setForm('new')}>
              New hook
            </Button>
          )
        }
      >
        {form !== null && (
          <HookForm
            key={form === 'new' ? 0 : form.id}
            hook={form === 'new' ? undefined : form}
            onDone={(fresh) => {
              setForm(null)
              if (fresh) setMade(fresh)
              again()
            }}
          />
        )}
        {revoke.isError && (
          <p className={styles.problem} role="alert">
            {revoke.error.message}
          </p>
        )}
        <Paged
          label="Hooks"
          query={list}
          heads={['Name', 'Begins with', 'Starts', 'A minute', 'Last called', '']}
          empty="No hook yet. One is an address that starts a flow when another program posts to it."
          row={(hook: Hook) => (
            <tr key={hook.id} data-hook={hook.name}>
              <td>{hook.name}</td>
              <td className={styles.mono}>{hook.hint}…</td>
              <td>
                {hook.flow}
                <span className={styles.quiet}> {hook.environment ?? 'no environment'}</span>
              </td>
              <td>{hook.per_minute}</td>
              <td className={styles.cell} title={hook.last_called_at ? wholeMomentText(hook.last_called_at) : undefined}>
                {hook.last_called_at ? momentText(hook.last_called_at) : <span className={styles.quiet}>never</span>}
              </td>
              <td className={styles.end}>
                <Button small aria-expanded={opened === hook.name} onClick={() => setOpened(opened === hook.name ? null : hook.name)} aria-label={`Last calls of ${hook.name}`}>
                  Calls
                </Button>
                {hook.revoked_at ? (
                  <span className={styles.quiet}>revoked {momentText(hook.revoked_at)}</span>
                ) : (
                  <>
                    <CopyButton label="curl" text={() => curlOf('$HOOK_URL', hook.variables)} />
                    {mayWrite && (
                      <>
                        <Button small onClick={() => setForm(hook)} aria-label={`Edit ${hook.name}`}>
                          Edit
                        </Button>
                        <Confirm label="Revoke" sure={`Revoke ${hook.name}`} isBusy={revoke.isPending} onSure={() => revoke.mutate(hook.id)} />
                      </>
                    )}
                  </>
                )}
              </td>
            </tr>
          )}
        />
      </Card>
      {opened !== null && <Calls key={opened} name={opened} />}
    </div>
  )
}
