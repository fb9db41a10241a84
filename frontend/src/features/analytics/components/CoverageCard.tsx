import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { countText } from '@/lib/time'
import { analyticsQueries } from '../api/queries'
import { byService } from '../coverage'
import { percentText } from '../numbers'
import { problemOf } from '../problem'
import type { Scope } from '../search'
import { Nothing, Panel } from './Panel'
import table from './Table.module.css'

const HEIGHT = 196

/** How much of what services declare is covered; without any document, how much is called. */
export function CoverageCard({ scope }: { scope: Scope }) {
  const coverage = useQuery(analyticsQueries.coverage(scope))
  const found = coverage.data
  const undeclared = found?.services.reduce((sum, one) => sum + one.undeclared.length, 0) ?? 0
  return (
    <Panel
      title="Coverage"
      note={found && found.declared > 0 && `${found.covered} of ${countText(found.declared, 'operation')} covered${undeclared > 0 ? `, ${undeclared} undeclared` : ''}`}
      height={HEIGHT}
      problem={problemOf(coverage)}
      isOld={coverage.isPlaceholderData}
      aside={
        <Link to="/analytics/coverage" search={scope}>
          all operations
        </Link>
      }
    >
      {found?.services.length === 0 && (
        <Nothing>
          Flows call {countText(found.inventory.length, 'operation')} of {countText(byService(found.inventory).length, 'service')}. With the document of a service it is told what they leave out.
        </Nothing>
      )}
      {found && found.services.length > 0 && (
        <div className={table.scroll} style={{ maxHeight: HEIGHT }} tabIndex={0} role="group" aria-label="Coverage of services">
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Service</th>
                <th scope="col" className={table.number}>Covered</th>
                <th scope="col" className={table.number}>Called</th>
                <th scope="col" className={table.number}>Share</th>
              </tr>
            </thead>
            <tbody>
              {found.services.map((one) => (
                <tr key={one.name}>
                  <th scope="row">{one.title || one.name}</th>
                  <td className={`${table.number ?? ''} ${table.strong ?? ''}`}>
                    {one.covered}/{one.declared}
                  </td>
                  <td className={table.number}>{one.exercised}</td>
                  <td className={table.number}>{percentText(one.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
