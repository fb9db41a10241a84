import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Confirm } from '@/ui/Confirm'
import { Paged } from '@/ui/Paged'
import { deleteRule, notificationQueries, type Rule } from '../api'
import { ruleText, scopeText } from '../words'
import styles from './notifications.module.css'
import { RuleForm } from './RuleForm'

/** Which outcome is told to whom. */
export function Rules({ mayWrite }: { mayWrite: boolean }) {
  const queries = useQueryClient()
  const list = useQuery(notificationQueries.rules)
  const targets = useQuery(notificationQueries.targets)
  const [form, setForm] = useState<'new' | Rule | null>(null)
  const again = (): void => void queries.invalidateQueries({ queryKey: notificationQueries.rules.queryKey })
  const remove = useMutation({ mutationFn: deleteRule, onSuccess: again })
  const known = targets.data?.items ?? []
  return (
    <Card
      title="Rules"
      aside={
        mayWrite && form === null && known.length > 0 && (
          <Button small onClick={() => setForm('new')}>
            New rule
          </Button>
        )
      }
    >
      {form !== null && (
        <RuleForm
          key={form === 'new' ? 0 : form.id}
          rule={form === 'new' ? undefined : form}
          targets={known}
          onDone={() => {
            setForm(null)
            again()
          }}
        />
      )}
      {remove.isError && (
        <p className={styles.problem} role="alert">
          {remove.error.message}
        </p>
      )}
      <Paged
        label="Rules"
        query={list}
        heads={['When', 'Of', 'Tells', '']}
        empty={known.length > 0 ? 'No rule yet. One says which outcome is told to which target.' : 'No rule yet. First make a target.'}
        row={(rule: Rule) => (
          <tr key={rule.id} data-rule={rule.id}>
            <td>{ruleText(rule)}</td>
            <td>{scopeText(rule)}</td>
            <td>{rule.target_name}</td>
            <td className={styles.end}>
              {mayWrite && (
                <>
                  <Button small onClick={() => setForm(rule)} aria-label={`Edit the rule for ${rule.target_name}: ${ruleText(rule)}`}>
                    Edit
                  </Button>
                  <Confirm label="Delete" sure="Delete this rule" isBusy={remove.isPending} onSure={() => remove.mutate(rule.id)} />
                </>
              )}
            </td>
          </tr>
        )}
      />
    </Card>
  )
}
