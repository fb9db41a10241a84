import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Analysis, analysisQueries, type Label, putLabel } from '../analysis'
import { CATEGORIES } from '../api'
import { CAUSE_WORDS } from '../causes'
import styles from './analysis.module.css'

/** Whether it helped, and what the cause was: kept, so that rules and instructions can be measured by it. */
export function LabelForm({ analysis, mayRun }: { analysis: Analysis; mayRun: boolean }) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (label: Label) => putLabel(analysis.id, label),
    onSuccess: () => queries.invalidateQueries({ queryKey: analysisQueries.all }),
  })
  const now: Label = save.variables ?? { is_helpful: analysis.is_helpful, right_category: analysis.right_category as Label['right_category'] }
  if (!mayRun) return null
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
