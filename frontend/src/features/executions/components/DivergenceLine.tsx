import styles from './comparing.module.css'

/** Stands above the first step that came to something else. */
export function DivergenceLine({ partner, sentence }: { partner: number; sentence: string }) {
  return (
    <p className={styles.line} title={sentence} data-divergence>
      First difference from #{partner}, the last pass
    </p>
  )
}
