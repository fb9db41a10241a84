import { Link } from '@tanstack/react-router'
import { momentText, wholeMomentText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Group } from '../api/types'
import { groupText, stateLook, whereText } from '../failures'
import { stepName } from '../flaky'
import styles from './FailureTable.module.css'
import { LikelyCause } from './LikelyCause'
import { RunsLink } from './RunsLink'
import { Spark } from './Spark'
import table from './Table.module.css'

/** One row for each distinct failure. */
export function FailureTable({ groups }: { groups: readonly Group[] }) {
  return (
    <div className={table.scroll} tabIndex={0} role="group" aria-label="Failures, as a table">
      <table className={`${table.table ?? ''} ${styles.table ?? ''}`}>
        <thead>
          <tr>
            <th scope="col">What fails</th>
            <th scope="col">Step</th>
            <th scope="col">Where</th>
            <th scope="col" className={table.number}>Runs</th>
            <th scope="col">First</th>
            <th scope="col">Last</th>
            <th scope="col">30 days</th>
            <th scope="col">Likely cause</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Row key={group.fingerprint} group={group} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ group }: { group: Group }) {
  const look = stateLook(group.state)
  return (
    <tr data-group={group.fingerprint}>
      <th scope="row" className={`${table.code ?? ''} ${styles.what ?? ''}`}>
        <Link to="/analytics/failures/$fingerprint" params={{ fingerprint: group.fingerprint }}>
          {groupText(group)}
        </Link>
      </th>
      <td className={`${table.code ?? ''} ${styles.step ?? ''}`}>{stepName(group.step_key)}</td>
      <td className={styles.where}>{whereText(group)}</td>
      <td className={`${table.number ?? ''} ${styles.runs ?? ''}`}>
        <RunsLink q={`failure:${group.fingerprint}`} label={`${group.count.toLocaleString('en-GB')} runs with this failure`}>
          {group.count.toLocaleString('en-GB')}
        </RunsLink>
      </td>
      <td className={styles.when} title={wholeMomentText(group.first_seen)}>
        {momentText(group.first_seen)}
      </td>
      <td className={styles.when} title={wholeMomentText(group.last_seen)}>
        {momentText(group.last_seen)}
      </td>
      <td className={styles.trend}>
        <Spark values={group.trend} height={18} />
      </td>
      <td className={styles.cause}>
        <LikelyCause group={group} />
      </td>
      <td className={styles.state} data-tone={look.tone}>
        <StatusIcon tone={look.tone} /> {look.label}
        {group.has_regressed && <span className={styles.more}>came back</span>}
      </td>
    </tr>
  )
}
