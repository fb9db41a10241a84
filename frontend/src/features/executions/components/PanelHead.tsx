import { useMemo } from 'react'
import { Button } from '@/ui/Button'
import { CopyButton } from '@/ui/CopyButton'
import { Icon } from '@/ui/Icon'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Attempt } from '../api/types'
import { stepLook } from '../status'
import type { Row } from '../timeline'
import { commandOf } from '../viewers/command'
import styles from './StepPanel.module.css'

interface Props {
  row: Row
  attempt: Attempt | undefined
  /** Whether there is another failed step to go to with [ and ]. */
  hasOthers: boolean
  onBack: () => void
}

export function PanelHead({ row, attempt, hasOthers, onBack }: Props) {
  const look = stepLook(row.state)
  const command = useMemo(() => (attempt ? commandOf(row.action, attempt) : null), [row.action, attempt])
  return (
    <header className={styles.head}>
      <Button small className={styles.back ?? ''} onClick={onBack} aria-label="Back to the steps">
        <Icon name="back" size={14} />
      </Button>
      <StatusIcon tone={look.tone} label={look.label} />
      <h2 className={styles.id}>{row.id}</h2>
      {row.name && <span className={styles.stepName}>{row.name}</span>}
      <span className={styles.tag}>{row.action}</span>
      <span className={styles.space} />
      {command && <CopyButton label={`Copy as ${command.tool}`} text={() => command.text} />}
      {hasOthers && (
        <span className={styles.keys}>
          <kbd>[</kbd> <kbd>]</kbd> failed steps
        </span>
      )}
    </header>
  )
}
