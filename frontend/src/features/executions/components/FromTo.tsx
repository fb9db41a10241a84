import { Masked } from '@/ui/Masked'
import { shown } from '../viewers/shape'
import styles from './comparing.module.css'

interface Props {
  kind?: 'changed' | 'added' | 'removed' | 'secret'
  left: unknown
  right: unknown
}

/** From what was to what is: the old value struck, the new one boxed. */
export function FromTo({ kind = 'changed', left, right }: Props) {
  if (kind === 'secret') return <span className={styles.words}>changed, a secret</span>
  return (
    <span className={styles.fromTo}>
      {kind === 'added' ? <span className={styles.words}>not there</span> : <del><Masked text={shown(left)} /></del>}{' '}
      {kind === 'removed' ? <span className={styles.words}>is gone</span> : <ins><Masked text={shown(right)} /></ins>}
    </span>
  )
}
