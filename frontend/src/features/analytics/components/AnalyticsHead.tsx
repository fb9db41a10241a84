import { Link } from '@tanstack/react-router'
import type { Scope } from '../search'
import styles from './AnalyticsHead.module.css'
import { Filters } from './Filters'

const PAGES = [
  ['/analytics', 'Overview'],
  ['/analytics/durations', 'Durations'],
  ['/analytics/coverage', 'Coverage'],
  ['/analytics/failures', 'Failures'],
] as const

interface Props {
  scope: Scope
  onChange: (part: Partial<Scope>) => void
  without?: readonly (keyof Scope)[]
}

/** The pages of the analytics; what they are narrowed to goes along. */
export function AnalyticsHead({ scope, onChange, without = [] }: Props) {
  return (
    <header className={styles.top}>
      <h1 className={styles.title}>Analytics</h1>
      <nav className={styles.pages} aria-label="Analytics">
        {PAGES.map(([to, name]) => (
          <Link key={to} to={to} search={scope} activeOptions={{ exact: true, includeSearch: false }} className={styles.page}>
            {name}
          </Link>
        ))}
      </nav>
      <Filters scope={scope} onChange={onChange} without={without} />
    </header>
  )
}
