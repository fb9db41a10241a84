import { Button } from './Button'
import styles from './Notice.module.css'

interface Props {
  title: string
  detail?: string | undefined
  action?: { label: string; run: () => void } | undefined
  role?: 'alert' | 'status'
}

/** One fact and one thing to do, where the content would be. */
export function Notice({ title, detail, action, role = 'status' }: Props) {
  return (
    <div className={styles.notice} role={role}>
      <p className={styles.title}>{title}</p>
      {detail && <p className={styles.detail}>{detail}</p>}
      {action && (
        <Button small onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  )
}
