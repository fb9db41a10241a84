import type { FlowRate } from '../api/types'
import { percentText } from '../numbers'
import { RunsLink } from './RunsLink'
import table from './Table.module.css'

interface Props {
  rates: readonly FlowRate[]
  label: string
  name: string
  height: number
  onChoose: (name: string) => void
}

/** The pass rate of each flow or environment; a name narrows the page to it, a number opens its runs. */
export function RatesTable({ rates, label, name, height, onChoose }: Props) {
  return (
    <div className={table.scroll} style={{ maxHeight: height }} tabIndex={0} role="group" aria-label={label}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col" className={table.number}>Pass rate</th>
            <th scope="col" className={table.number}>95 % interval</th>
            <th scope="col" className={table.number}>Runs</th>
          </tr>
        </thead>
        <tbody>
          {rates.map(({ name: one, counts, q }) => (
            <tr key={one}>
              <th scope="row">
                <button type="button" className={table.choose} onClick={() => onChoose(one)}>
                  {one || 'no environment'}
                </button>
              </th>
              <td className={`${table.number ?? ''} ${table.strong ?? ''}`}>{percentText(counts.rate)}</td>
              <td className={`${table.number ?? ''} ${table.quiet ?? ''}`}>{counts.lo === null ? '—' : `${percentText(counts.lo).replace(' %', '')} to ${percentText(counts.hi)}`}</td>
              <td className={table.number}>
                <RunsLink q={`${q} judged`} label={`${counts.judged.toLocaleString('en-GB')} runs of ${one}`}>
                  {counts.judged.toLocaleString('en-GB')}
                </RunsLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
