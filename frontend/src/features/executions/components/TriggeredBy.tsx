import { Icon, type IconName } from '@/ui/Icon'
import type { Execution } from '../api/types'
import styles from './TriggeredBy.module.css'

export const TRIGGER_ICONS: Record<string, IconName> = { user: 'user', schedule: 'schedule', api: 'api', cli: 'cli', webhook: 'api', flow: 'flow' }
export const TRIGGER_WORDS: Record<string, string> = {
  user: 'By hand',
  schedule: 'By a schedule',
  api: 'Over the API',
  cli: 'By the CLI',
  webhook: 'By a webhook',
  flow: 'By a flow',
}

/** By whom or what; a re-run says of which run. */
export function TriggeredBy({ execution }: { execution: Execution }) {
  const { trigger, actor, rerun_of } = execution
  const word = TRIGGER_WORDS[trigger] ?? trigger
  return (
    <span className={styles.by} title={`${word}: ${actor}${rerun_of ? `, a re-run of #${rerun_of}` : ''}`}>
      <Icon name={rerun_of ? 'rerun' : (TRIGGER_ICONS[trigger] ?? 'api')} size={14} />
      <span className="spoken">{word} </span>
      <span className={styles.actor}>{rerun_of ? `of #${rerun_of}, ${actor}` : actor}</span>
    </span>
  )
}
