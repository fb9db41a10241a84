import { Link } from '@tanstack/react-router'
import { buttonClass } from '@/ui/Button'
import { EXAMPLE } from '../example'
import styles from './FirstFlow.module.css'

/** What a flow is, where the first one would stand. */
export function FirstFlow({ mayWrite }: { mayWrite: boolean }) {
  return (
    <section className={styles.first}>
      <p className={styles.title}>No flows yet. A flow is a list of steps in YAML: each calls a service and says what must hold.</p>
      <pre className={styles.example}>{EXAMPLE}</pre>
      {mayWrite ? (
        <p className={styles.next}>
          <Link to="/flows/new" className={buttonClass('primary')}>
            Write this one
          </Link>
          <span>or save a file: stepwell flows push hello.yaml</span>
        </p>
      ) : (
        <p className={styles.next}>Somebody with the role editor writes the first one.</p>
      )}
    </section>
  )
}
