import { dayText } from '../chart'
import { RunsLink } from './RunsLink'
import table from './Table.module.css'

/** The bars in numbers, the newest first. */
export function DayBarsTable({ days, height }: { days: readonly { day: string; n: number; q: string }[]; height: number }) {
  return (
    <div className={table.scroll} style={{ height }} tabIndex={0} role="group" aria-label="Runs a day, as a table">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" className={table.number}>Runs</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((one) => (
            <tr key={one.day}>
              <th scope="row">{dayText(one.day)}</th>
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
