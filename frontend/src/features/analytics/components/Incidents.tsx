import { countText, momentText } from '@/lib/time'
import type { Incident } from '../api/types'
import { RunsLink } from './RunsLink'
import styles from './Incidents.module.css'

/** When many flows failed at once: a lane beside the steps, whose flakiness it does not count for. */
export function Incidents({ incidents }: { incidents: readonly Incident[] }) {
  return (
    <ul className={styles.list} aria-label="Incidents">
      {incidents.map((one) => (
        <li key={`${one.environment} ${one.started_at}`} className={styles.one}>
          <span className={styles.when}>{momentText(one.started_at)}</span>
          <b>{one.environment || 'no environment'}</b>
          <code className={styles.services}>{one.services.join(', ')}</code>
          <RunsLink q={one.q}>{countText(one.executions.length, 'run')}</RunsLink> of {countText(one.flows.length, 'flow')}
        </li>
      ))}
    </ul>
  )
}
