import styles from './StatusIcon.module.css'

/** What a mark looks like; silhouettes differ without colour. */
export type Tone = 'pass' | 'fail' | 'run' | 'retry' | 'skip' | 'tout' | 'cancel' | 'wait'

const SHAPES: Record<Tone, React.ReactNode> = {
  pass: (
    <>
      <circle cx="7" cy="7" r="5.75" />
      <path d="M4.6 7.2 6.3 8.9 9.5 5.4" />
    </>
  ),
  fail: (
    <>
      <rect x="0.75" y="0.75" width="12.5" height="12.5" rx="2.5" className={styles.solid} stroke="none" />
      <path d="M4.7 4.7 9.3 9.3 M9.3 4.7 4.7 9.3" className={styles.cut} />
    </>
  ),
  run: (
    <>
      <circle cx="7" cy="7" r="5.75" className={styles.track} />
      <path d="M7 1.25 A5.75 5.75 0 0 1 12.75 7" className={styles.arc} />
      <circle cx="7" cy="7" r="2.75" className={styles.solid} stroke="none" />
    </>
  ),
  retry: (
    <>
      <path d="M12.2 7 A5.2 5.2 0 1 1 10.4 3.05" />
      <path d="M10.9 0.9 V3.6 H8.2" />
    </>
  ),
  skip: <path d="M8 0.8 3 8 H6.5 L5.8 13.2 11 6 H7.4 Z" className={styles.solid} strokeWidth="0.5" />,
  tout: (
    <>
      <path d="M3 1.2 H11 M3 12.8 H11" />
      <path d="M4 1.4 V3.4 L7 7 10 3.4 V1.4 M4 12.6 V10.6 L7 7 10 10.6 V12.6" />
    </>
  ),
  cancel: (
    <>
      <path d="M4.6 1.2 H9.4 L12.8 4.6 V9.4 L9.4 12.8 H4.6 L1.2 9.4 V4.6 Z" />
      <path d="M4.6 7 H9.4" />
    </>
  ),
  wait: <circle cx="7" cy="7" r="5.75" strokeDasharray="2.2 2.3" />,
}

interface Props {
  tone: Tone
  /** The accessible name, where no word stands beside it. */
  label?: string
  size?: number
}

export function StatusIcon({ tone, label, size = 14 }: Props) {
  return (
    <svg
      className={`${styles.icon ?? ''} ${styles[tone] ?? ''}`}
      width={size}
      height={size}
      viewBox="0 0 14 14"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {SHAPES[tone]}
    </svg>
  )
}
