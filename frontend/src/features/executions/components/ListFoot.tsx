import { countText, momentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import styles from './ListFoot.module.css'

interface Props {
  count: number
  isNarrowed: boolean
  /** Where the search stopped for now because it would have cost too much. */
  searchedTo: string | null
  onNewest: (() => void) | undefined
  onOlder: (() => void) | undefined
  onKeys: () => void
}

/** How much of the history is shown, and the way to the rest. */
export function ListFoot({ count, isNarrowed, searchedTo, onNewest, onOlder, onKeys }: Props) {
  const words = onOlder ? `${countText(count, 'most recent run')}${isNarrowed ? ' that match' : ''}` : countText(count, 'run')
  return (
    <footer className={styles.foot}>
      {onNewest && <Button onClick={onNewest}>Newest</Button>}
      {onOlder && <Button onClick={onOlder}>{searchedTo ? 'Search further back' : 'Older runs'}</Button>}
      <span className={styles.gap} />
      <span>{searchedTo ? `${words}, searched back to ${momentText(searchedTo)}` : words}</span>
      <button type="button" onClick={onKeys} className={styles.keys}>
        <kbd className={styles.key}>?</kbd> keys
      </button>
    </footer>
  )
}
