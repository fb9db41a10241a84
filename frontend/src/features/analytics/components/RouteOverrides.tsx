import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { momentText } from '@/lib/time'
import { Confirm } from '@/ui/Confirm'
import { analyticsQueries, forgetOverride } from '../api/queries'
import { Panel } from './Panel'
import table from './Table.module.css'

const WORDS = { one: 'one route', apart: 'kept apart' } as const

/** What people have said of routes. Without a word of anybody there is nothing to see. */
export function RouteOverrides({ mayWrite }: { mayWrite: boolean }) {
  const queries = useQueryClient()
  const overrides = useQuery(analyticsQueries.routeOverrides())
  const forget = useMutation({ mutationFn: forgetOverride, onSuccess: () => queries.invalidateQueries({ queryKey: analyticsQueries.all }) })
  const items = overrides.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Panel title="Routes put right by people" note="followed before what addresses look like" problem={forget.error ? { error: forget.error, retry: forget.reset } : undefined}>
      <div className={table.scroll} tabIndex={0} role="group" aria-label="Rules for routes">
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Route</th>
              <th scope="col">Is</th>
              <th scope="col">Said by</th>
              {mayWrite && (
                <th scope="col">
                  <span className="spoken">Take back</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <tr key={one.id} data-override={`${one.service} ${one.pattern}`}>
                <td>{one.service}</td>
                <th scope="row" className={table.code}>
                  {one.pattern}
                </th>
                <td>{WORDS[one.wish]}</td>
                <td className={table.second}>
                  {one.changed_by}, {momentText(one.changed_at)}
                </td>
                {mayWrite && (
                  <td className={table.number}>
                    <Confirm label="Take back" sure={`Take back ${one.pattern}`} isBusy={forget.isPending} onSure={() => forget.mutate(one.id)} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
