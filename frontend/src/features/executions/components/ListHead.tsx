import type { Selection } from '../hooks/useSelection'
import rowStyles from './ExecutionRow.module.css'
import styles from './ExecutionList.module.css'

interface Props {
  selection: Selection
  shown: readonly number[]
}

export function ListHead({ selection, shown }: Props) {
  const areAll = shown.length > 0 && shown.every((id) => selection.ids.has(id))
  return (
    <div className={`${rowStyles.head ?? ''} ${styles.head ?? ''}`}>
      <input
        type="checkbox"
        className={rowStyles.check}
        aria-label="Select all runs shown"
        checked={areAll}
        ref={(box) => {
          if (box) box.indeterminate = !areAll && selection.ids.size > 0
        }}
        onChange={selection.toggleShown}
      />
      <span className={rowStyles.link} aria-hidden="true">
        <span>Status</span>
        <span>Flow</span>
        <span>Triggered by</span>
        <span>Environment</span>
        <span>Started</span>
        <span className={styles.right}>Duration</span>
        <span className={rowStyles.usual}>vs usual</span>
        <span>Steps</span>
        <span>First failure, or what it is doing</span>
      </span>
    </div>
  )
}
