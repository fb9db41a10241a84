import { useState } from 'react'
import { countText } from '@/lib/time'
import { Icon } from '@/ui/Icon'
import type { Called, RouteWish } from '../api/types'
import { byService, operationText, statusText } from '../coverage'
import { FlowLinks } from './FlowLinks'
import { RouteDialog } from './RouteDialog'
import { RouteMenu } from './RouteMenu'
import { RunsLink } from './RunsLink'
import styles from './ServicePanel.module.css'
import { StatusChips } from './StatusChips'
import table from './Table.module.css'

/** So many services stand open; of more one sees the services first. */
const FEW = 6

const PROTOCOLS: Record<string, string> = { http: 'HTTP', grpc: 'gRPC', kafka: 'Kafka', redis: 'Redis', postgresql: 'PostgreSQL', sqlite: 'SQLite' }

/** Each service with what was called of it; a number of calls opens the runs that made them. */
export function Inventory({ inventory, mayWrite }: { inventory: readonly Called[]; mayWrite: boolean }) {
  const services = byService(inventory)
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set())
  const [told, setTold] = useState<{ call: Called; wish: RouteWish } | null>(null)
  const isOpenAtFirst = services.length <= FEW
  const isOpen = (key: string): boolean => turned.has(key) !== isOpenAtFirst
  const toggle = (key: string): void => setTurned((before) => (before.has(key) ? new Set([...before].filter((one) => one !== key)) : new Set([...before, key])))
  return (
    <div className={table.scroll} tabIndex={0} role="group" aria-label="Calls by service">
      <table className={`${table.table ?? ''} ${styles.table ?? ''}`}>
        <thead>
          <tr>
            <th scope="col">Service, operation</th>
            <th scope="col" className={table.number}>Calls</th>
            <th scope="col" className={table.number}>Asserted</th>
            <th scope="col">Answers</th>
            <th scope="col">Flows</th>
            {mayWrite && (
              <th scope="col">
                <span className="spoken">Routes</span>
              </th>
            )}
          </tr>
        </thead>
        {services.map(({ protocol, service, calls }) => (
          <tbody key={`${protocol} ${service}`}>
            <tr className={styles.service}>
              <th scope="rowgroup" colSpan={mayWrite ? 6 : 5}>
                <button type="button" className={styles.toggle} aria-expanded={isOpen(`${protocol} ${service}`)} onClick={() => toggle(`${protocol} ${service}`)}>
                  <Icon name="down" size={12} />
                  {service}
                  <span className={styles.protocol}>
                    {PROTOCOLS[protocol] ?? protocol}, {countText(calls.length, 'operation')}, {countText(calls.reduce((sum, one) => sum + one.n, 0), 'call')}
                  </span>
                </button>
              </th>
            </tr>
            {isOpen(`${protocol} ${service}`) && calls.map((one) => (
              <tr key={`${one.operation} ${one.route}`} data-call={operationText(protocol, one.operation, one.route)}>
                <th scope="row" className={`${table.code ?? ''} ${styles.inner ?? ''} ${styles.operation ?? ''}`}>
                  {operationText(protocol, one.operation, one.route)}
                </th>
                <td className={table.number}>
                  <RunsLink q={one.q} label={`${one.n.toLocaleString('en-GB')} calls: the runs that made them`}>
                    {one.n.toLocaleString('en-GB')}
                  </RunsLink>
                </td>
                <td className={`${table.number ?? ''} ${table.second ?? ''}`}>{one.asserted > 0 ? one.asserted.toLocaleString('en-GB') : '—'}</td>
                <td>
                  <StatusChips chips={one.statuses.map((status) => ({ text: statusText(protocol, status), kind: 'seen' }))} />
                </td>
                <td className={styles.flows}>
                  <FlowLinks flows={one.flows} />
                </td>
                {mayWrite && <td className={styles.act}>{one.protocol === 'http' && <RouteMenu call={one} onChoose={(wish) => setTold({ call: one, wish })} />}</td>}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {told && <RouteDialog call={told.call} wish={told.wish} onClose={() => setTold(null)} />}
    </div>
  )
}
