import { Modal } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { Button } from './Button'
import styles from './LeaveGuard.module.css'

/** Asks before work that is not saved is left. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  })
  if (blocker.status !== 'blocked') return null
  return (
    <Modal opened onClose={blocker.reset} title="Leave without saving?" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p>What you changed is not saved, and is gone when you leave.</p>
      <p className={styles.choices}>
        <Button look="danger" onClick={blocker.proceed}>
          Leave without saving
        </Button>
        <Button look="primary" onClick={blocker.reset}>
          Stay
        </Button>
      </p>
    </Modal>
  )
}
