import { countText } from '@/lib/time'
import type { Section } from '../timeline'
import styles from './Timeline.module.css'

/** Only what is drawn is explained. */
export function TimelineLegend({ sections, usualRuns }: { sections: Section[]; usualRuns: number }) {
  const rows = sections.flatMap((section) => section.rows)
  const has = (kind: string): boolean => rows.some((row) => row.bars.some((bar) => bar.kind === kind))
  if (!has('queue') && !has('wait') && usualRuns === 0) return null
  return (
    <p className={styles.legend}>
      {has('queue') && (
        <span>
          <i className={styles.queueSample} /> queue wait
        </span>
      )}
      {has('wait') && (
        <span>
          <i className={styles.waitSample} /> wait between attempts
        </span>
      )}
      {usualRuns > 0 && (
        <span>
          <i className={styles.usualSample} /> usual end over {countText(usualRuns, 'pass', 'passes')}, where it differs
        </span>
      )}
    </p>
  )
}
