import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Confirm } from '@/ui/Confirm'
import { Once } from '@/ui/Once'
import { Paged } from '@/ui/Paged'
import { deleteTarget, notificationQueries, type Target, testTarget } from '../api'
import styles from './notifications.module.css'
import { TargetForm } from './TargetForm'

/** Where messages go. Their addresses are shown to nobody. */
export function Targets({ mayWrite }: { mayWrite: boolean }) {
  const queries = useQueryClient()
  const list = useQuery(notificationQueries.targets)
  const [form, setForm] = useState<'new' | Target | null>(null)
  const [key, setKey] = useState<{ name: string; text: string } | null>(null)
  const again = (): void => void queries.invalidateQueries({ queryKey: notificationQueries.all })
  const test = useMutation({ mutationFn: testTarget, onSuccess: again })
  const remove = useMutation({ mutationFn: deleteTarget, onSuccess: again })
  const problem = test.error ?? remove.error
  return (
    <>
      {key && <Once title={`The signing key of ${key.name}`} text={key.text} hint="It is shown this once. The receiver checks Stepwell-Signature with it." onDone={() => setKey(null)} />}
      <Card
        title="Targets"
        aside={
          mayWrite && form === null && (
            <Button small onClick={() => setForm('new')}>
              New target
            </Button>
          )
        }
      >
        {form !== null && (
          <TargetForm
            key={form === 'new' ? 0 : form.id}
            target={form === 'new' ? undefined : form}
            onDone={(made) => {
              setForm(null)
              if (made?.signing_key) setKey({ name: made.target.name, text: made.signing_key })
              again()
            }}
          />
        )}
        {problem && (
          <p className={styles.problem} role="alert">
            {problem.message}
          </p>
        )}
        <Paged
          label="Targets"
          query={list}
          heads={['Name', 'Kind', 'Goes to', '']}
          empty="No target yet. One is where messages go: a webhook, a Slack channel, an e-mail address."
          row={(target: Target) => (
            <tr key={target.id} data-target={target.name}>
              <td>{target.name}</td>
              <td>{target.kind}</td>
              <td className={styles.quiet}>{target.hint}</td>
              <td className={styles.end}>
                {mayWrite && (
                  <>
                    <Button small disabled={test.isPending} onClick={() => test.mutate(target.id)} aria-label={`Send ${target.name} a test`}>
                      Test
                    </Button>
                    <Button small onClick={() => setForm(target)} aria-label={`Edit ${target.name}`}>
                      Edit
                    </Button>
                    <Confirm label="Delete" sure={`Delete ${target.name}, its rules and its log`} isBusy={remove.isPending} onSure={() => remove.mutate(target.id)} />
                  </>
                )}
              </td>
            </tr>
          )}
        />
        <p className="spoken" aria-live="polite">
          {test.isSuccess ? `A test goes to ${test.data.target_name}; the log says what came of it.` : ''}
        </p>
      </Card>
    </>
  )
}
