import styles from './Skeleton.module.css'

/** Rows of the final height; they show after 150 ms, so that what is quick does not flash. */
export function Skeleton({ rows, height }: { rows: number; height: number }) {
  return (
    <div className={styles.skeleton} role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles.row} style={{ height }}>
          <i style={{ width: `${30 + ((index * 37) % 50)}%` }} />
        </div>
      ))}
    </div>
  )
}
