import { Link } from '@tanstack/react-router'
import { momentText } from '@/lib/time'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Slot } from '../api/types'
import { slotLook } from '../words'
import styles from './SlotStrip.module.css'

/** What became of the last times, oldest first; those that started something open it. */
export function SlotStrip({ slots }: { slots: Slot[] }) {
  if (slots.length === 0) return <span className={styles.none}>not run yet</span>
  return (
    <span className={styles.strip}>
      {[...slots].reverse().map((slot) => {
        const look = slotLook(slot)
        const about = [`${momentText(slot.slot_at)}: ${look.label.toLowerCase()}`, slot.reason].filter(Boolean).join('. ')
        const icon = <StatusIcon tone={look.tone} label={about} />
        if (!slot.execution) {
          return (
            <span key={slot.id} title={about} className={styles.cell}>
              {icon}
            </span>
          )
        }
        return (
          <Link key={slot.id} to="/executions/$executionId" params={{ executionId: String(slot.execution.id) }} title={about} className={styles.cell} preload={false}>
            {icon}
          </Link>
        )
      })}
    </span>
  )
}
