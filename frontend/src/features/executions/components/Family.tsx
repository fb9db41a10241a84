import { Link } from '@tanstack/react-router'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Execution } from '../api/types'
import { statusLook } from '../status'
import styles from './ExecutionFacts.module.css'

/** The original and its re-runs: both ways in one click. */
export function Family({ execution, family }: { execution: Execution; family: Execution[] }) {
  return (
    <nav className={styles.family} aria-label="Runs in this family">
      {family.map((member) => (
        <Link
          key={member.id}
          to="/executions/$executionId"
          params={{ executionId: String(member.id) }}
          className={styles.member}
          aria-current={member.id === execution.id ? 'page' : undefined}
          title={member.rerun_of === null ? 'The original' : `A re-run of #${member.rerun_of}`}
        >
          <StatusIcon tone={statusLook(member.status).tone} label={statusLook(member.status).label} size={12} />
          <b>#{member.id}</b>
          {wordsOf(member)}
        </Link>
      ))}
    </nav>
  )
}

function wordsOf(member: Execution): string {
  if (member.rerun_of === null) return 'original'
  if (member.rerun_mode === 'as_it_was') return 'as it was'
  return member.rerun_mode === 'from_step' ? `from ${member.rerun_from?.split('/').at(-1) ?? 'a step'}` : ''
}
