import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { CATEGORIES, type Label } from '../api'
import { CAUSE_WORDS } from '../causes'
import styles from './analysis.module.css'

interface Props {
  /** What is kept now. */
  label: Label
  keep: (label: Label) => Promise<unknown>
  /** Asked for again when it is kept. */
  keptIn: QueryKey
}

/** Whether it helped, and what the cause was: kept, so that rules and instructions can be measured by it. */
export function LabelForm({ label, keep, keptIn }: Props) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: keep,
    onSuccess: () => queries.invalidateQueries({ queryKey: keptIn }),
  })
  const now: Label = save.variables ?? label
  const thumb = (value: boolean, text: string) => (
    <button type="button" className={styles.thumb} aria-pressed={now.is_helpful === value} disabled={save.isPending} onClick={() => save.mutate({ ...now, is_helpful: now.is_helpful === value ? null : value })}>
      {text}
    </button>
  )
  return (
    <span className={styles.label}>
      {thumb(true, 'Helped')}
      {thumb(false, 'Did not help')}
      <label>
        The cause was{' '}
        <select value={now.right_category} disabled={save.isPending} onChange={(event) => save.mutate({ ...now, right_category: event.target.value as Label['right_category'] })}>
          <option value="">not said</option>
          {CATEGORIES.map((one) => (
            <option key={one} value={one}>{CAUSE_WORDS[one]}</option>
          ))}
        </select>
      </label>
      <span role="status" className={styles.quiet}>{save.isSuccess ? 'Kept.' : ''}</span>
      {save.isError && <span role="alert" className={styles.problem}>{save.error.message}</span>}
    </span>
  )
}
