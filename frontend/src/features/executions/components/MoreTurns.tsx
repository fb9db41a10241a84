import type { Line } from '../folding'
import styles from './Timeline.module.css'

/** At the end of an open loop: what of it is not shown. */
export function MoreTurns({ line, onMore }: { line: Extract<Line, { kind: 'more' }>; onMore: (path: string) => void }) {
  return (
    <button type="button" className={styles.more} style={{ paddingLeft: line.depth * 20 + 16 }} aria-disabled={line.isBusy} onClick={() => { if (!line.isBusy) onMore(line.path) }}>
      {line.words}
    </button>
  )
}
