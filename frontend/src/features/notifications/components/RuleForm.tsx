import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { schedulesQuery } from '@/lib/names'
import { Field } from '@/ui/Field'
import { FormFoot } from '@/ui/FormFoot'
import { FlowInput } from '@/ui/FlowInput'
import { createRule, editRule, type Rule, type RuleIn, type Target } from '../api'
import { OCCASIONS } from '../words'
import styles from './notifications.module.css'

type Scope = 'workspace' | 'flow' | 'schedule'

interface Props {
  /** None: a new one is made. */
  rule: Rule | undefined
  targets: Target[]
  onDone: () => void
}

export function RuleForm({ rule, targets, onDone }: Props) {
  const [target, setTarget] = useState(rule?.target ?? targets[0]?.id ?? 0)
  const [occasion, setOccasion] = useState((rule?.occasion ?? 'failure') as RuleIn['occasion'])
  const [scope, setScope] = useState<Scope>(rule?.flow ? 'flow' : rule?.schedule ? 'schedule' : 'workspace')
  const [flow, setFlow] = useState(rule?.flow ?? '')
  const [schedule, setSchedule] = useState(rule?.schedule ? String(rule.schedule) : '')
  const [failures, setFailures] = useState(rule?.failures ?? 3)
  const [ofLast, setOfLast] = useState(rule?.of_last ?? 5)
  const order: RuleIn = {
    target, occasion, failures, of_last: ofLast,
    flow: scope === 'flow' ? flow : null,
    schedule: scope === 'schedule' ? Number(schedule) : null,
  }
  const save = useMutation({ mutationFn: () => (rule ? editRule(rule.id, order) : createRule(order)), onSuccess: onDone })
  return (
    <form
      aria-label={rule ? 'Edit the rule' : 'New rule'}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <div className={styles.form}>
        <Field label="When">
          <select value={occasion} onChange={(event) => setOccasion(event.target.value as RuleIn['occasion'])}>
            {Object.entries(OCCASIONS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        {occasion === 'failures' && (
          <>
            <Field label="So many failed">
              <input type="number" min={1} max={ofLast} value={failures} onChange={(event) => setFailures(event.target.valueAsNumber)} />
            </Field>
            <Field label="Of the last">
              <input type="number" min={1} max={100} value={ofLast} onChange={(event) => setOfLast(event.target.valueAsNumber)} />
            </Field>
          </>
        )}
        <Field label="Of">
          <select value={scope} onChange={(event) => setScope(event.target.value as Scope)}>
            <option value="workspace">every flow of the workspace</option>
            <option value="flow">one flow</option>
            <option value="schedule">one schedule</option>
          </select>
        </Field>
        {scope === 'flow' && (
          <Field label="Flow">
            <FlowInput value={flow} required onChange={setFlow} />
          </Field>
        )}
        {scope === 'schedule' && <ScheduleField value={schedule} onChange={setSchedule} />}
        <Field label="Tells">
          <select value={target} onChange={(event) => setTarget(Number(event.target.value))}>
            {targets.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <FormFoot save={save} words={rule ? 'Save rule' : 'Create rule'} onLeave={onDone} />
    </form>
  )
}

function ScheduleField({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const schedules = useQuery(schedulesQuery)
  return (
    <Field label="Schedule" problem={schedules.data?.length === 0 ? 'There is no schedule yet.' : undefined}>
      <select value={value} required onChange={(event) => onChange(event.target.value)}>
        <option value="">Choose one</option>
        {schedules.data?.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </Field>
  )
}
