import { useQuery } from '@tanstack/react-query'
import { Card } from '@/ui/Card'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import type { Attempt, Captured, Read } from '../api/types'
import { variablesQuery } from '../api/variables'
import { shown } from '../viewers/shape'
import styles from './StepPanel.module.css'
import { usedBy } from './usedBy'

/** What the step gave to the steps after it. */
export function Extractions({ captured, executionId, path, version }: { captured: Captured[]; executionId: number; path: string; version: string }) {
  const found = useQuery({ ...variablesQuery(executionId, path, version), enabled: captured.length > 0 })
  const users = new Map(found.data?.set_here.map((one) => [one.name, usedBy(one)]))
  if (captured.length === 0) return null
  return (
    <Card title="Extractions">
      <div className={grid.scroll}>
        <table className={grid.grid}>
          <thead>
            <tr>
              <th>Variable</th>
              <th>Path</th>
              <th>Value</th>
              <th>Used by</th>
            </tr>
          </thead>
          <tbody>
            {captured.map((one) => (
              <tr key={one.name}>
                <td>{one.name}</td>
                <td>{one.path}</td>
                <td>
                  <Masked text={shown(one.value)} />
                </td>
                <td>{users.get(one.name) ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

const ORIGINS: Record<string, string> = { flow: 'the flow', environment: 'the environment', override: 'an override', result: "this step's result" }

/** What the step read, and where each came from. */
export function Reads({ reads }: { reads: Read[] }) {
  if (reads.length === 0) return <p className={styles.quiet}>It read no variables.</p>
  return (
    <Card title="Variables it read">
      <div className={grid.scroll}>
        <table className={grid.grid}>
          <thead>
            <tr>
              <th>Name</th>
              <th>From</th>
            </tr>
          </thead>
          <tbody>
            {reads.map((one) => (
              <tr key={`${one.name} ${one.source}`}>
                <td>{one.name}</td>
                <td>{one.source.startsWith('captured:') ? `step ${one.source.slice('captured:'.length)}` : (ORIGINS[one.source] ?? one.source)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

const PHASES: [key: string, name: string][] = [
  ['dns', 'DNS'],
  ['connect', 'connect'],
  ['tls', 'TLS'],
  ['first_byte', 'wait'],
  ['download', 'download'],
]
const OPACITIES = [0.35, 0.5, 0.65, 1, 0.5]

/** Where the time of a request went. */
export function Timing({ timing }: { timing: Attempt['timing'] }) {
  if (!timing) return null
  const known = PHASES.map(([key, name], index) => ({ name, ms: timing[key] ?? 0, opacity: OPACITIES[index] })).filter((one) => one.ms > 0)
  const total = known.reduce((sum, one) => sum + one.ms, 0)
  if (total === 0) return null
  return (
    <div className={styles.timing}>
      <span className={styles.phases} aria-hidden="true">
        {known.map((one) => (
          <i key={one.name} style={{ flexGrow: one.ms, opacity: one.opacity }} />
        ))}
      </span>
      {known.map((one) => (
        <span key={one.name} className={styles.phase}>
          <i style={{ opacity: one.opacity }} /> {one.name} {fine(one.ms)}
        </span>
      ))}
      <b>{fine(total)}</b>
    </div>
  )
}

function fine(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en-GB')} ms`
}
