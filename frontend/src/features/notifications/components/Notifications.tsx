import { Deliveries } from './Deliveries'
import styles from './notifications.module.css'
import { Rules } from './Rules'
import { Targets } from './Targets'

/** Who is told of what: where messages go, about which outcomes, and what came of them. */
export function Notifications({ mayWrite }: { mayWrite: boolean }) {
  return (
    <div className={styles.part}>
      <Targets mayWrite={mayWrite} />
      <Rules mayWrite={mayWrite} />
      <Deliveries mayWrite={mayWrite} />
    </div>
  )
}
