import { Skeleton } from '@/ui/Skeleton'
import type { Preview } from '../api/types'
import { runNote, runTimeText } from '../words'
import styles from './NextRuns.module.css'

interface Props {
  /** None: nothing has been asked yet, or what was asked means nothing. */
  preview: Preview | undefined
  isPending: boolean
  isPaused: boolean
}

/** What the times mean, and the next five, told by the same code that will start them. */
export function NextRuns({ preview, isPending, isPaused }: Props) {
  return (
    <section className={styles.next} aria-label="Next runs">
      <h2 className={styles.title}>Next runs</h2>
      {isPending && <Skeleton rows={5} height={22} />}
      {!preview && !isPending && <p className={styles.quiet}>They show here once the times mean something.</p>}
      {preview && (
        <>
          <p className={styles.words}>{preview.in_words}</p>
          {isPaused && <p className={styles.paused}>Paused: none of these starts until it is resumed.</p>}
          <ol className={styles.runs}>
            {preview.next_runs.map((time) => (
              <li key={time.at}>
                <time dateTime={time.at}>{runTimeText(time)}</time>
                <span className={styles.quiet}> {time.local.slice(19)}</span>
                {runNote(time) && <p className={styles.quiet}>{runNote(time)}</p>}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}
