import { Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { analyticsQueries, liftQuarantine, setQuarantine } from '../api/queries'
import type { FlakyStep } from '../api/types'
import { stepName } from '../flaky'
import styles from './QuarantineDialog.module.css'

const USUAL_DAYS = 14
const MOST_DAYS = 90

type Step = Pick<FlakyStep, 'flow' | 'flow_name' | 'key' | 'quarantine'>

/** Failures of the step are recorded as ever, and stop no pipeline until the end that is said here. */
export function QuarantineDialog({ step, onClose }: { step: Step; onClose: () => void }) {
  const queries = useQueryClient()
  const held = step.quarantine
  const [reason, setReason] = useState(held?.reason ?? '')
  const [days, setDays] = useState(String(USUAL_DAYS))
  const done = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: analyticsQueries.all })
    onClose()
  }
  const set = useMutation({ mutationFn: () => setQuarantine({ flow: step.flow, step_key: step.key, reason: reason.trim(), days: Number(days) }), onSuccess: done })
  const lift = useMutation({ mutationFn: () => liftQuarantine(held?.id ?? 0), onSuccess: done })
  const isLength = Number(days) > 0 && Number(days) <= MOST_DAYS
  const refused = set.error ?? lift.error
  return (
    <Modal opened onClose={onClose} title={`Quarantine ${stepName(step.key)}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (reason.trim() && isLength) set.mutate()
        }}
      >
        <p className={styles.about}>
          {held
            ? `${held.is_of_flow ? `The whole flow ${step.flow_name} is` : 'It is'} in quarantine until ${wholeMomentText(held.expires_at)}: ${held.reason}`
            : `Its failures in ${step.flow_name} are recorded as ever and stay failed; they stop no pipeline and wake nobody.`}
        </p>
        <Field label="Reason" hint="What is known, and where it is worked on.">
          <textarea rows={3} value={reason} data-autofocus onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Field label="Days" problem={isLength ? undefined : `From 1 to ${MOST_DAYS}.`} hint="Then it ends by itself.">
          <input type="number" min={1} max={MOST_DAYS} value={days} onChange={(event) => setDays(event.target.value)} />
        </Field>
        {refused && (
          <p role="alert" className={styles.refused}>
            {refused.message}
          </p>
        )}
        <div className={styles.choices}>
          {held && (
            <Button look="danger" disabled={lift.isPending} onClick={() => lift.mutate()}>
              Lift it now
            </Button>
          )}
          <Button type="submit" look="primary" disabled={set.isPending || !reason.trim() || !isLength}>
            {held && !held.is_of_flow ? 'Set it anew' : 'Quarantine the step'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
