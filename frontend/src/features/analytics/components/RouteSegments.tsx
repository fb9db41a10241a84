import { segmentsOf } from '../routes'
import styles from './RouteDialog.module.css'

interface Props {
  route: string
  varies: ReadonlySet<number>
  onChange: (varies: ReadonlySet<number>) => void
}

/** A route to be marked: each of its parts is a name, or a place where anything may stand. */
export function RouteSegments({ route, varies, onChange }: Props) {
  const toggle = (at: number): void => onChange(varies.has(at) ? new Set([...varies].filter((one) => one !== at)) : new Set([...varies, at]))
  return (
    <div className={styles.segments} role="group" aria-label="Parts that vary">
      {segmentsOf(route).map((segment, at) => (
        <span key={at}>
          <i aria-hidden="true">/</i>
          <button type="button" className={styles.segment} aria-pressed={varies.has(at)} disabled={segment === '{}'} onClick={() => toggle(at)}>
            {varies.has(at) ? '{}' : segment}
            {varies.has(at) && segment !== '{}' && <s>{segment}</s>}
          </button>
        </span>
      ))}
    </div>
  )
}
