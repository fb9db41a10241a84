import { durationText } from '@/lib/time'
import type { FlowSpeed } from '../api/types'
import { speedChange } from '../durations'
import { Changed } from './Changed'
import { RunsLink } from './RunsLink'
import table from './Table.module.css'

/** Every flow now and in as many days before, those that became slower first. */
export function SpeedTable({ speeds, onChoose }: { speeds: readonly FlowSpeed[]; onChoose: (flow: string) => void }) {
  return (
    <div className={table.scroll} tabIndex={0} role="group" aria-label="Durations of flows, as a table">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col" className={table.number}>p50</th>
            <th scope="col" className={table.number}>Change</th>
            <th scope="col" className={table.number}>p95</th>
            <th scope="col" className={table.number}>Change</th>
            <th scope="col" className={table.number}>Passed runs</th>
          </tr>
        </thead>
        <tbody>
          {speeds.map((one) => (
            <tr key={one.flow} data-speed={one.flow}>
              <th scope="row">
                <button type="button" className={table.choose} onClick={() => onChoose(one.flow)}>
                  {one.name}
                </button>
              </th>
              <td className={`${table.number ?? ''} ${table.strong ?? ''}`}>{durationText(one.p50)}</td>
              <td className={table.number}>
                <Changed change={speedChange(one.p50, one.p50_before)} none="new" />
              </td>
              <td className={`${table.number ?? ''} ${table.strong ?? ''}`}>{durationText(one.p95)}</td>
              <td className={table.number}>
                <Changed change={speedChange(one.p95, one.p95_before)} none="new" />
              </td>
              <td className={table.number}>
                <RunsLink q={one.q}>{one.n.toLocaleString('en-GB')}</RunsLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
