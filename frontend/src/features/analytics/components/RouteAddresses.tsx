import { useQuery } from '@tanstack/react-query'
import { analyticsQueries } from '../api/queries'
import type { Called } from '../api/types'
import styles from './RouteDialog.module.css'

interface Props {
  call: Called
  isAll: boolean
  chosen: ReadonlySet<string>
  onAll: (isAll: boolean) => void
  onChoose: (chosen: ReadonlySet<string>) => void
}

/** The addresses that come under a route: all of them are kept apart, or some. */
export function RouteAddresses({ call, isAll, chosen, onAll, onChoose }: Props) {
  const routes = useQuery(analyticsQueries.routes(call.service))
  const found = routes.data?.items.find((one) => one.operation === call.operation && one.template === call.route)
  const more = found ? found.count - found.routes.length : 0
  const toggle = (route: string): void => onChoose(chosen.has(route) ? new Set([...chosen].filter((one) => one !== route)) : new Set([...chosen, route]))
  return (
    <div className={styles.addresses} role="group" aria-label="Addresses of the route">
      <label>
        <input type="radio" name="which" checked={isAll} onChange={() => onAll(true)} />
        All that fit <code>{call.route}</code>, and those that come
      </label>
      <label>
        <input type="radio" name="which" checked={!isAll} onChange={() => onAll(false)} />
        Only these:
      </label>
      <div className={styles.list} tabIndex={0} role="group" aria-label="Addresses">
        {found?.routes.map((route) => (
          <label key={route}>
            <input type="checkbox" disabled={isAll} checked={isAll || chosen.has(route)} onChange={() => toggle(route)} />
            <code>{route}</code>
          </label>
        ))}
        {more > 0 && <p>and {more.toLocaleString('en-GB')} more</p>}
      </div>
    </div>
  )
}
