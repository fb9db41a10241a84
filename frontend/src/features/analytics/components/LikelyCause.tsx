import { useInViewport } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { analyticsQueries } from '../api/queries'
import type { Group } from '../api/types'
import { categoryText, causeOf } from '../failures'
import styles from './FailureTable.module.css'

/** A person's word, or what the rules make of it: asked for once the row is in sight. */
export function LikelyCause({ group }: { group: Group }) {
  const { ref, inViewport } = useInViewport<HTMLSpanElement>()
  const found = useQuery({ ...analyticsQueries.diagnosis(group.fingerprint), enabled: inViewport && !group.category })
  const cause = found.data ? causeOf(found.data) : null
  if (group.category) {
    return (
      <span ref={ref} title={`in the word of ${group.changed_by}`}>
        <b>{categoryText(group.category)}</b> {group.note.split('\n', 1)[0] ?? ''}
      </span>
    )
  }
  return (
    <span ref={ref} className={cause?.isSure ? undefined : styles.unsure} title={cause ? `${cause.name}: ${cause.says}` : undefined}>
      {cause && (
        <>
          <b>{cause.name}</b> {cause.says}
        </>
      )}
      {found.data && !cause && 'no rule speaks for a cause'}
      {found.isError && 'no run on record'}
    </span>
  )
}
