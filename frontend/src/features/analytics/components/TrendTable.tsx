import type { TrendPoint } from '../api/types'
import { dayText, pointOf } from '../chart'
import { percentText } from '../numbers'
import { RunsLink } from './RunsLink'
import table from './Table.module.css'

/** The same in numbers, each with its executions. */
export function TrendTable({ points, isByHour, height }: { points: readonly TrendPoint[]; isByHour: boolean; height: number }) {
  return (
    <div className={table.scroll} style={{ height }} tabIndex={0} role="group" aria-label={`Pass rate per ${isByHour ? 'hour' : 'day'}, as a table`}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{isByHour ? 'Hour, UTC' : 'Day'}</th>
            <th scope="col" className={table.number}>Pass rate</th>
            <th scope="col" className={table.number}>95 % interval</th>
            <th scope="col" className={table.number}>Runs</th>
            <th scope="col" className={table.number}>Passed</th>
            <th scope="col" className={table.number}>Did not pass</th>
            <th scope="col" className={table.number}>Left out</th>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map(({ counts, q, is_thin, ...at }) => (
            <tr key={pointOf(at)} data-quiet={is_thin || undefined}>
              <th scope="row">{dayText(pointOf(at))}</th>
              <td className={table.number}>{percentText(counts.rate)}</td>
              <td className={table.number}>{counts.lo === null ? '—' : `${percentText(counts.lo)} to ${percentText(counts.hi)}`}</td>
              <Count q={`${q} judged`} count={counts.judged} />
              <Count q={`${q} status:passed`} count={counts.passed} />
              <Count q={`${q} judged status:failed,timed_out`} count={counts.failed + counts.timed_out} />
              <Count q={`${q} status:cancelled,failed -judged`} count={counts.n - counts.judged} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Count({ q, count }: { q: string; count: number }) {
  return <td className={table.number}>{count === 0 ? 0 : <RunsLink q={q}>{count.toLocaleString('en-GB')}</RunsLink>}</td>
}
