import { useQueries } from '@tanstack/react-query'
import { Notice } from '@/ui/Notice'
import { executionQueries } from '../api/queries'
import { termsOf, withoutTerm } from '../search'

const LOOKED_AT = 4

/** Which term keeps everything out, and how many there are without it. */
export function NoMatch({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const terms = termsOf(q).slice(0, LOOKED_AT)
  const counts = useQueries({ queries: terms.map((_, index) => executionQueries.count(withoutTerm(q, index))) })
  const totals = counts.map((one) => one.data?.total ?? 0)
  const most = Math.max(0, ...totals)
  const at = totals.indexOf(most)
  const term = terms[at]
  if (most === 0 || term === undefined) return <Notice title="No run matches." action={{ label: 'Remove the search', run: () => onChange('') }} />
  const capped = counts[at]?.data?.is_capped ? ' or more' : ''
  return (
    <Notice
      title={`No run matches. ${most.toLocaleString('en-GB')}${capped} ${most === 1 ? 'matches' : 'match'} without ${term}.`}
      action={{ label: 'Remove it', run: () => onChange(withoutTerm(q, at)) }}
    />
  )
}
