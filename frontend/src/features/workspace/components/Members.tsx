import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { momentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { addMember, changeRole, type Link, type Member, removeMember, renewLink, type Role, ROLES, workspaceQueries } from '../api'
import { Confirm } from '@/ui/Confirm'
import { NewMember } from './NewMember'
import { Once } from '@/ui/Once'
import { Paged } from '@/ui/Paged'
import styles from './workspace.module.css'

/** Who belongs to the workspace, for its admins. */
export function Members() {
  const queries = useQueryClient()
  const [cursor, setCursor] = useState<string>()
  const [link, setLink] = useState<{ user: string; link: Link }>()
  const list = useQuery(workspaceQueries.members(cursor))
  const again = (): void => void queries.invalidateQueries({ queryKey: workspaceQueries.all })
  const add = useMutation({
    mutationFn: addMember,
    onSuccess: (added) => {
      again()
      setLink(added.link ? { user: added.member.user, link: added.link } : undefined)
    },
  })
  const change = useMutation({ mutationFn: ({ id, role }: { id: number; role: Role }) => changeRole(id, role), onSettled: again })
  const remove = useMutation({ mutationFn: removeMember, onSettled: again })
  const renew = useMutation({ mutationFn: (member: Member) => renewLink(member.id), onSuccess: (made, member) => setLink({ user: member.user, link: made }) })
  const problem = change.error ?? remove.error ?? renew.error
  const isBusy = change.isPending || remove.isPending || renew.isPending
  return (
    <div className={styles.part}>
      {link ? (
        <Once
          title={`A link for ${link.user}`}
          text={location.origin + link.link.path}
          hint={`It signs ${link.user} in once, until ${momentText(link.link.expires_at)}. It is shown this once.`}
          onDone={() => setLink(undefined)}
        />
      ) : (
        <NewMember isBusy={add.isPending} problem={add.error?.message} onAdd={add.mutate} wasAdded={add.data?.member.user} />
      )}
      <Card title="Members">
        {problem && <p className={styles.problem} role="alert">{problem.message}</p>}
        <Paged
          label="Members"
          query={list}
          heads={['User', 'E-mail', 'Role', 'Last signed in', '']}
          empty="Nobody yet."
          cursor={cursor}
          onCursor={setCursor}
          row={(member: Member) => (
            <tr key={member.id} data-member={member.user}>
              <td>
                {member.user}
                {member.is_you && <span className={styles.quiet}> you</span>}
                {!member.is_active && <span className={styles.quiet}> deactivated</span>}
              </td>
              <td>{member.email}</td>
              <td className={styles.cell}>
                <select
                  aria-label={`Role of ${member.user}`}
                  value={member.role}
                  disabled={isBusy}
                  onChange={(event) => change.mutate({ id: member.id, role: event.target.value as Role })}
                >
                  {ROLES.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              </td>
              <td className={styles.quiet}>{member.last_login ? momentText(member.last_login) : 'never'}</td>
              <td className={styles.end}>
                {member.has_never_signed_in && (
                  <Button small disabled={isBusy} onClick={() => renew.mutate(member)}>
                    New link
                  </Button>
                )}
                <Confirm label="Remove" sure={`Remove ${member.user}`} isBusy={isBusy} onSure={() => remove.mutate(member.id)} />
              </td>
            </tr>
          )}
        />
      </Card>
    </div>
  )
}
