import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, buttonClass } from '@/ui/Button'
import { Masked } from '@/ui/Masked'
import { acknowledgeGroup, type Diagnosis, diagnosisQueries } from '../api'
import styles from './diagnosis.module.css'

interface Props {
  diagnosis: Diagnosis
  mayRun: boolean
  /** Undefined where a re-run cannot begin with the step. */
  onRerun: (() => void) | undefined
  /** Further buttons. */
  more: React.ReactNode
}

/** One thing to do, and the buttons one needs for it. */
export function NextAction({ diagnosis, mayRun, onRerun, more }: Props) {
  const { group, group_state: state, next_action: next, execution } = diagnosis
  const lastPass = diagnosis.items.find((one) => one.type === 'history')?.data.last_pass
  const queries = useQueryClient()
  const acknowledge = useMutation({
    mutationFn: acknowledgeGroup,
    onSuccess: () => queries.invalidateQueries({ queryKey: diagnosisQueries.all }),
  })
  return (
    <div className={styles.next}>
      <p>
        <span className={styles.label}>Do next</span> <Masked text={next.text} />
      </p>
      <div className={styles.buttons}>
        {mayRun && onRerun && (
          <Button small onClick={onRerun}>
            Re-run from this step
          </Button>
        )}
        {typeof lastPass === 'number' && (
          <Link className={buttonClass('plain', true)} to="/executions/$executionId/compare" params={{ executionId: String(execution) }} search={{ with: lastPass }}>
            Compare with #{lastPass}, the last pass
          </Link>
        )}
        {group !== null && (
          <Link className={buttonClass('plain', true)} to="/analytics/failures/$fingerprint" params={{ fingerprint: group }}>
            Failures like this
          </Link>
        )}
        {mayRun && group !== null && state === 'open' && (
          <Button small disabled={acknowledge.isPending} onClick={() => acknowledge.mutate(group)} title="Says to everybody that somebody knows of it">
            Acknowledge
          </Button>
        )}
        {more}
        {state !== null && state !== 'open' && <span className={styles.quiet}>{state}</span>}
      </div>
      {acknowledge.isError && (
        <p className={styles.problem} role="alert">
          {acknowledge.error.message}
        </p>
      )}
    </div>
  )
}
