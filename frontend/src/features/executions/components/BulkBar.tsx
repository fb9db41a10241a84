import { countText } from '@/lib/time'
import { jsonText } from '@/lib/exactJson'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import type { BulkIn, BulkOut, Execution } from '../api/types'
import type { Selection } from '../hooks/useSelection'
import { statusLook } from '../status'
import styles from './BulkBar.module.css'

interface Props {
  selection: Selection
  executions: Execution[]
  q: string
  /** How many the search finds; null where nobody counted them all. */
  total: number | null
  mayRun: boolean
  isBusy: boolean
  onOrder: (order: BulkIn) => void
  onCompare: ((one: number, other: number) => void) | undefined
}

/** What can be done with the chosen rows. It takes the foot of the page and covers none of them. */
export function BulkBar({ selection, executions, q, total, mayRun, isBusy, onOrder, onCompare }: Props) {
  const { ids, isAll } = selection
  const chosen = executions.filter((one) => ids.has(one.id))
  const running = chosen.filter((one) => !statusLook(one.status).final).length
  const count = isAll ? total : ids.size
  const which = isAll ? { q } : { ids: [...ids] }
  const [first, second] = [...ids].toSorted((one, other) => one - other)
  const cancels = isAll ? 'Cancel those that run' : `Cancel ${countText(running, 'run')}`
  return (
    <footer className={styles.bar} role="toolbar" aria-label="The chosen runs">
      <b>{isAll ? (count === null ? 'All that match' : `All ${count.toLocaleString('en-GB')} that match`) : `${ids.size} selected`}</b>
      {!isAll && total !== null && total > ids.size && (
        <button type="button" className={styles.link} onClick={selection.selectAll}>
          select all {total.toLocaleString('en-GB')} that match
        </button>
      )}
      {mayRun && (
        <>
          <Button disabled={isBusy} onClick={() => onOrder({ verb: 'rerun', mode: 'today', trigger: 'api', ...which })}>
            <Icon name="rerun" size={14} />
            {count === null ? 'Re-run all' : `Re-run ${count.toLocaleString('en-GB')}`} <kbd className={styles.key}>r</kbd>
          </Button>
          <Button look="danger" disabled={isBusy || (!isAll && running === 0)} onClick={() => onOrder({ verb: 'cancel', mode: 'today', trigger: 'api', ...which })}>
            <Icon name="stop" size={14} />
            {cancels}
          </Button>
        </>
      )}
      {onCompare && ids.size === 2 && first !== undefined && second !== undefined && (
        <Button onClick={() => onCompare(first, second)}>
          Compare <kbd className={styles.key}>c</kbd>
        </Button>
      )}
      {!isAll && (
        <Button onClick={() => save(chosen)}>
          <Icon name="export" size={14} />
          Export JSON
        </Button>
      )}
      <button type="button" className={styles.close} aria-label="Select none" onClick={selection.clear}>
        <Icon name="close" size={12} />
      </button>
    </footer>
  )
}

/** What became of an order, and why a run was refused. */
export function BulkResult({ result, onClose }: { result: BulkOut; onClose: () => void }) {
  const refused = result.items.find((item) => item.result === 'refused')
  const left = result.left > 0 ? ` ${result.left.toLocaleString('en-GB')}${result.is_left_capped ? ' or more' : ''} are left: order again for them.` : ''
  const why = refused ? ` ${result.refused} refused: #${refused.id}: ${refused.detail}` : ''
  return (
    <p className={styles.result} role="status">
      {`${countText(result.done, 'run')} done.${why}${left}`}
      <button type="button" className={styles.close} aria-label="Close" onClick={onClose}>
        <Icon name="close" size={12} />
      </button>
    </p>
  )
}

function save(executions: Execution[]): void {
  const address = URL.createObjectURL(new Blob([jsonText(executions, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = 'executions.json'
  link.click()
  URL.revokeObjectURL(address)
}
