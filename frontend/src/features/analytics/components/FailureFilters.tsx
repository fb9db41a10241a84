import type { FailureSearch, StateChoice } from '../failureSearch'
import { Choice } from './Choice'
import styles from './FailureFilters.module.css'

const STATES = [
  ['open', 'Open'],
  ['acknowledged', 'Acknowledged'],
  ['resolved', 'Resolved'],
  ['muted', 'Muted'],
  ['all', 'In any state'],
] as const

/** The state, and whether a failure has to come back to be listed. */
export function FailureFilters({ search, onChange }: { search: FailureSearch; onChange: (part: Partial<FailureSearch>) => void }) {
  return (
    <>
      <label className={styles.check} title="Three executions on two days, or within a day">
        <input type="checkbox" checked={search.recurring ?? false} onChange={(event) => onChange({ recurring: event.target.checked || undefined })} />
        Recurring only
      </label>
      <Choice label="State" all="Open or acknowledged" options={STATES} value={search.state} onChange={(state) => onChange({ state: state as StateChoice | undefined })} />
    </>
  )
}
