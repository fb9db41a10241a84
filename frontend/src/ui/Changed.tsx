import styles from './Changed.module.css'
import { Masked } from './Masked'

/** From → to: the old value struck in grey, the new one boxed in amber. null: there was none. */
export function Changed({ before, after, lead = '', tail = '' }: { before: string | null; after: string | null; lead?: string; tail?: string }) {
  return (
    <span className={styles.change}>
      {lead}
      {before !== null && (
        <del>
          <Masked text={before || ' '} />
        </del>
      )}{' '}
      {after === null ? (
        'is gone'
      ) : (
        <ins>
          <Masked text={after || ' '} />
        </ins>
      )}
      {tail}
    </span>
  )
}
