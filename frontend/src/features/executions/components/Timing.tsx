import type { Attempt } from '../api/types'
import styles from './Timing.module.css'

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
  const known = PHASES.map(([key, name], index) => ({ name, ms: timing[key] ?? 0, opacity: OPACITIES[index] })).filter((one) => one.ms >= 0.05)
  const total = known.reduce((sum, one) => sum + one.ms, 0)
  if (total === 0) return null
  return (
    <div className={styles.timing} role="group" aria-label="Where the time went">
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
