import styles from './comparing.module.css'

interface Props {
  partner: number
  sentence: string
  /** Drawn between the rows without moving them, under the eyes of whoever watched the run. */
  isThin: boolean
}

/** Stands above the first step that came to something else. */
export function DivergenceLine({ partner, sentence, isThin }: Props) {
  return (
    <p className={styles.line} title={sentence} data-divergence={isThin ? 'thin' : 'whole'}>
      <span className={isThin ? 'spoken' : undefined}>First difference from #{partner}, the last pass</span>
    </p>
  )
}
