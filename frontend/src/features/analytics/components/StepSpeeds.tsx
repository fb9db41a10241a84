import { durationText } from '@/lib/time'
import type { StepDuration } from '../api/types'
import { stepName } from '../flaky'
import { RunsLink } from './RunsLink'
import styles from './StepSpeeds.module.css'
import table from './Table.module.css'

interface Props {
  steps: readonly StepDuration[]
  chosen: string | undefined
  onChoose: (key: string | undefined) => void
}

/** What a flow spends its time on, the longest first: the bar is the median, the tick the slow end. */
export function StepSpeeds({ steps, chosen, onChoose }: Props) {
  const longest = Math.max(1, ...steps.map((one) => one.p95 ?? 0))
  const share = (ms: number | null): string => `${(100 * (ms ?? 0)) / longest}%`
  return (
    <div className={table.scroll} tabIndex={0} role="group" aria-label="Durations of steps, as a table">
      <table className={`${table.table ?? ''} ${styles.table ?? ''}`}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" className={table.number}>p50</th>
            <th scope="col" className={table.number}>p95</th>
            <th scope="col" className={`${table.number ?? ''} ${styles.longest ?? ''}`}>Longest</th>
            <th scope="col" className={table.number}>Passed</th>
            <th scope="col" className={styles.scale}>
              <span className="spoken">On a common scale</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((one) => (
            <tr key={one.key} data-speed={one.key} className={one.key === chosen ? styles.chosen : undefined}>
              <th scope="row">
                <button type="button" className={`${table.choose ?? ''} ${table.code ?? ''}`} aria-pressed={one.key === chosen} onClick={() => onChoose(one.key === chosen ? undefined : one.key)}>
                  {stepName(one.key)}
                </button>
              </th>
              <td className={`${table.number ?? ''} ${table.strong ?? ''}`}>{durationText(one.p50)}</td>
              <td className={table.number}>{durationText(one.p95)}</td>
              <td className={`${table.number ?? ''} ${table.quiet ?? ''} ${styles.longest ?? ''}`}>{durationText(one.max_ms)}</td>
              <td className={table.number}>
                <RunsLink q={one.q}>{one.n.toLocaleString('en-GB')}</RunsLink>
              </td>
              <td className={styles.scale}>
                <span className={styles.bar} aria-hidden="true">
                  <i style={{ width: share(one.p50) }} />
                  <u style={{ left: share(one.p95) }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
