import type { Renamed } from '../api/types'
import styles from './RouteDialog.module.css'

/** What would be called otherwise, before anybody says it. */
export function RoutePreview({ renamed }: { renamed: readonly Renamed[] | undefined }) {
  return (
    <div className={styles.preview} role="status" aria-label="What would change">
      {renamed?.length === 0 && <p>Nothing of what was called so far would be called otherwise.</p>}
      {renamed?.map((one) => (
        <dl key={one.operation}>
          <dt>{one.operation}</dt>
          <dd>
            {one.before.map((route) => (
              <code key={route} data-side="before">
                {route}
              </code>
            ))}
          </dd>
          <dd>
            {one.after.map((route) => (
              <code key={route} data-side="after">
                {route}
              </code>
            ))}
          </dd>
        </dl>
      ))}
    </div>
  )
}
