import { Button } from '@/ui/Button'
import { Masked } from '@/ui/Masked'
import { StatusIcon } from '@/ui/StatusIcon'
import { stepLook } from '../status'
import type { Row } from '../timeline'
import styles from './ExecutionDetail.module.css'

/** On a phone: names the step to look at, and opens it. */
export function StepFoot({ row, onOpen }: { row: Row; onOpen: (path: string) => void }) {
  const look = stepLook(row.state)
  return (
    <footer className={styles.foot}>
      <StatusIcon tone={look.tone} label={look.label} />
      <span className={styles.footText}>
        <b>{row.id}</b>
        <span>
          <Masked text={row.run?.message ?? row.action} />
        </span>
      </span>
      <Button look="primary" onClick={() => onOpen(row.path)}>
        Open step
      </Button>
    </footer>
  )
}
