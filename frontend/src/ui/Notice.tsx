import { Button } from './Button'
import styles from './Notice.module.css'

interface Props {
  title: string
  detail?: string | undefined
  action?: { label: string; run: () => void } | undefined
  role?: 'alert' | 'status'
  /** It is all there is, so its title is the page's. */
  isPage?: boolean
}

/** One fact and one thing to do, where the content would be. */
export function Notice({ title, detail, action, role = 'status', isPage = false }: Props) {
  const Title = isPage ? 'h1' : 'p'
  return (
    <div className={styles.notice} role={role}>
      <Title className={styles.title}>{title}</Title>
      {detail && <p className={styles.detail}>{detail}</p>}
      {action && (
        <Button small onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  )
}
