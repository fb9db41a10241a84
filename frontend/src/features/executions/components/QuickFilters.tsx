import { useQueries } from '@tanstack/react-query'
import { executionQueries } from '../api/queries'
import { termsOf } from '../search'
import styles from './QuickFilters.module.css'

interface Props {
  q: string
  onChange: (q: string) => void
}

const FILTERS = [
  { term: 'unresolved', label: 'Unresolved', title: 'Failed, and nothing of their re-run family passed since' },
  { term: 'had:retries', label: 'Had retries', title: 'At least one step was tried again' },
  { term: 'first:failure', label: 'First failure after green', title: 'Failed where the run before, of the same flow and environment, had passed' },
  { term: 'slow', label: 'Slower than usual', title: 'Took more than 1.5 times the usual of their flow and environment' },
]

/** What people come for, with how many there are of the newest that a search looks at. */
export function QuickFilters({ q, onChange }: Props) {
  const terms = termsOf(q)
  const rest = terms.filter((term) => !FILTERS.some((one) => one.term === term))
  const counts = useQueries({ queries: FILTERS.map((one) => executionQueries.count([...rest, one.term].join(' '))) })
  const chosen = FILTERS.find((one) => terms.includes(one.term))
  return (
    <div className={styles.filters} role="group" aria-label="Quick filters">
      <button type="button" className={styles.filter} aria-pressed={!chosen} onClick={() => onChange(rest.join(' '))}>
        All
      </button>
      {FILTERS.map((one, index) => {
        const count = counts[index]?.data
        return (
          <button key={one.term} type="button" className={styles.filter} aria-pressed={one === chosen} title={one.title} onClick={() => onChange([...rest, one.term].join(' '))}>
            {one.label}
            {count && <span className={styles.count}>{`${count.total.toLocaleString('en-GB')}${count.is_capped ? '+' : ''}`}</span>}
          </button>
        )
      })}
    </div>
  )
}
