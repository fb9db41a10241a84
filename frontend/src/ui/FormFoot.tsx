import { Button } from './Button'
import styles from './FormFoot.module.css'

/** How a form in a card ends: what went wrong, the button that saves, and the way out. */
export function FormFoot({ save, words, onLeave }: { save: { isPending: boolean; error: Error | null }; words: string; onLeave: () => void }) {
  return (
    <>
      {save.error && (
        <p className={styles.problem} role="alert">
          {save.error.message}
        </p>
      )}
      <p className={styles.actions}>
        <Button type="submit" small look="primary" disabled={save.isPending}>
          {words}
        </Button>
        <Button small onClick={onLeave}>
          Leave it
        </Button>
      </p>
    </>
  )
}
