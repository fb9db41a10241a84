import { durationText } from '@/lib/time'
import type { DurationPoint } from '../api/types'
import { dayText, pointOf } from '../chart'
import { RunsLink } from './RunsLink'
import table from './Table.module.css'

/** The chart in numbers, the newest first, each with its executions. */
export function DurationTable({ label, points, height }: { label: string; points: readonly DurationPoint[]; height: number }) {
  const isByHour = points.some((one) => one.hour !== null)
  return (
    <div className={table.scroll} style={{ height }} tabIndex={0} role="group" aria-label={`${label}, as a table`}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{isByHour ? 'Hour, UTC' : 'Day'}</th>
            <th scope="col" className={table.number}>p50</th>
            <th scope="col" className={table.number}>p95</th>
            <th scope="col" className={table.number}>Passed</th>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((one) => (
            <tr key={pointOf(one)}>
              <th scope="row">{dayText(pointOf(one))}</th>
              <td className={`${table.number ?? ''} ${table.strong ?? ''}`}>{durationText(one.p50)}</td>
              <td className={table.number}>{durationText(one.p95)}</td>
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
