import { Button } from '@/ui/Button'
import type { OperationCoverage } from '../api/types'
import { dayText } from '../chart'
import { chipsOf, operationText, stateText } from '../coverage'
import { FlowLinks } from './FlowLinks'
import { RunsLink } from './RunsLink'
import styles from './ServicePanel.module.css'
import { StatusChips } from './StatusChips'
import table from './Table.module.css'

interface Props {
  protocol: string
  operation: OperationCoverage
  onDraft: (() => void) | undefined
}

export function OperationRow({ protocol, operation: one, onDraft }: Props) {
  return (
    <tr data-operation={operationText(protocol, one.operation, one.route)} data-quiet={one.excluded !== null || one.is_deprecated || undefined}>
      <th scope="row" className={`${table.code ?? ''} ${styles.operation ?? ''}`}>
        {operationText(protocol, one.operation, one.route)}
        <span className={styles.summary}>{[one.is_deprecated && 'deprecated', one.summary].filter(Boolean).join(' · ')}</span>
      </th>
      <td className={styles.state} data-state={one.is_stale ? 'stale' : one.state}>
        {stateText(one)}
        {one.excluded !== null && <span className={styles.why}>{one.excluded}</span>}
        {one.is_stale && one.last_day && <span className={styles.why}>last called {dayText(one.last_day)}</span>}
      </td>
      <td className={table.number}>{one.n > 0 ? <RunsLink q={one.q}>{one.n.toLocaleString('en-GB')}</RunsLink> : '—'}</td>
      <td>
        <StatusChips chips={chipsOf(protocol, one)} />
      </td>
      <td className={styles.flows}>
        <FlowLinks flows={one.flows} />
      </td>
      <td className={styles.act}>
        {onDraft && (
          <Button small onClick={onDraft}>
            Draft a step
          </Button>
        )}
      </td>
    </tr>
  )
}
