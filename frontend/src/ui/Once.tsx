import { Button } from './Button'
import { Card } from './Card'
import { CopyButton } from './CopyButton'
import styles from './Once.module.css'

interface Props {
  title: string
  text: string
  hint: string
  onDone: () => void
}

/** Something that is shown this once. */
export function Once({ title, text, hint, onDone }: Props) {
  return (
    <Card title={title} tone="retry">
      <div className={styles.once} role="status">
        <code className={styles.secret} data-once>
          {text}
        </code>
        <CopyButton text={() => text} label="Copy" />
        <Button small onClick={onDone}>
          I have it
        </Button>
      </div>
      <p className={styles.hint}>{hint}</p>
    </Card>
  )
}
