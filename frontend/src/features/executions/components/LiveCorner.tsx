import { clockText } from '@/lib/time'
import type { LiveState } from '../hooks/useExecutionLive'
import styles from './LiveCorner.module.css'

export function LiveCorner({ state, since }: { state: LiveState; since: Date | null }) {
  if (state === 'ended') return null
  const words: Record<Exclude<LiveState, 'ended'>, string> = {
    live: 'Live',
    'catching up': 'Catching up',
    offline: since ? `Offline since ${clockText(since.toISOString())}, catching up when it is back` : 'Offline',
  }
  return (
    <span className={styles.corner} data-state={state}>
      <i className={styles.dot} />
      {words[state]}
    </span>
  )
}
