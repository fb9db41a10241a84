import { Button } from '@/ui/Button'
import styles from './Panel.module.css'

interface Props {
  title: string
  /** One line on what is shown. */
  note?: React.ReactNode
  aside?: React.ReactNode
  children: React.ReactNode
  /** The final height, so that nothing jumps when the answer comes. */
  height?: number
  problem?: { error: Error; retry: () => void } | undefined
  isOld?: boolean
}

/** A card of the analytics. What fails fails alone: the rest of the page stays. */
export function Panel({ title, note, aside, children, height, problem, isOld = false }: Props) {
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        <p className={styles.note}>{note}</p>
        <div className={styles.aside}>{aside}</div>
      </header>
      <div style={height ? { minHeight: height } : undefined} data-old={isOld || undefined} className={styles.body}>
        {problem ? (
          <div className={styles.problem} role="alert">
            <p>{problem.error.message}</p>
            <Button small onClick={problem.retry}>
              Try again
            </Button>
          </div>
        ) : (
          children
        )}
      </div>
    </section>
  )
}

/** One sentence where the first row would be. */
export function Nothing({ children }: { children: React.ReactNode }) {
  return <p className={styles.nothing}>{children}</p>
}
