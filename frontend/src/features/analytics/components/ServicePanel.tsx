import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Confirm } from '@/ui/Confirm'
import { WarningIcon } from '@/ui/WarningIcon'
import { countText } from '@/lib/time'
import { analyticsQueries, removeDocument } from '../api/queries'
import type { OperationCoverage, ServiceCoverage } from '../api/types'
import { countsText, isOpen } from '../coverage'
import { DraftDialog } from './DraftDialog'
import { Inventory } from './Inventory'
import { OperationRow } from './OperationRow'
import { Nothing, Panel } from './Panel'
import styles from './ServicePanel.module.css'
import table from './Table.module.css'

interface Props {
  service: ServiceCoverage
  shows: 'all' | 'open'
  mayWrite: boolean
}

/** What one service declares, operation by operation, and what is called of it that it does not declare. */
export function ServicePanel({ service, shows, mayWrite }: Props) {
  const queries = useQueryClient()
  const [drafted, setDrafted] = useState<OperationCoverage | null>(null)
  const remove = useMutation({ mutationFn: () => removeDocument(service.name), onSuccess: () => queries.invalidateQueries({ queryKey: analyticsQueries.all }) })
  const operations = shows === 'all' ? service.operations : service.operations.filter(isOpen)
  return (
    <Panel
      title={service.title || service.name}
      note={countsText(service)}
      aside={
        <>
          {service.undeclared.length > 0 && (
            <span className={styles.warning}>
              <WarningIcon /> {countText(service.undeclared.length, 'undeclared operation')}
            </span>
          )}
          {mayWrite && <Confirm label="Remove" sure={`Remove ${service.name}`} isBusy={remove.isPending} onSure={() => remove.mutate()} />}
        </>
      }
      problem={remove.error ? { error: remove.error, retry: remove.reset } : undefined}
    >
      <div className={styles.share} role="img" aria-label={countsText(service)}>
        <i style={{ width: `${(100 * service.covered) / Math.max(1, service.declared)}%` }} data-kind="covered" />
        <i style={{ width: `${(100 * (service.exercised - service.covered)) / Math.max(1, service.declared)}%` }} data-kind="called" />
      </div>
      {operations.length === 0 ? (
        <Nothing>Every operation is covered.</Nothing>
      ) : (
        <div className={table.scroll} tabIndex={0} role="group" aria-label={`Operations of ${service.name}`}>
          <table className={`${table.table ?? ''} ${styles.table ?? ''}`}>
            <thead>
              <tr>
                <th scope="col">Operation</th>
                <th scope="col">State</th>
                <th scope="col" className={table.number}>Calls</th>
                <th scope="col" title="filled: seen · dashed: declared, never seen · amber: seen, not declared">Answers</th>
                <th scope="col">Flows</th>
                <th scope="col">
                  <span className="spoken">What to do</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {operations.map((one) => (
                <OperationRow key={`${one.operation} ${one.route}`} protocol={service.protocol} operation={one} onDraft={mayWrite && isOpen(one) ? () => setDrafted(one) : undefined} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {service.undeclared.length > 0 && (
        <>
          <h3 className={styles.sub}>Called, and not declared</h3>
          <Inventory inventory={service.undeclared} mayWrite={mayWrite} />
        </>
      )}
      {service.notes.length > 0 && <p className={styles.notes}>{service.notes.join(' ')}</p>}
      {drafted && <DraftDialog service={service} operation={drafted} onClose={() => setDrafted(null)} />}
    </Panel>
  )
}
