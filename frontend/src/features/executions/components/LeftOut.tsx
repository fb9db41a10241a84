import { sizeText } from '@/lib/time'
import { Button, buttonClass } from '@/ui/Button'
import type { Shortened } from '../api/types'
import styles from './StepPanel.module.css'

interface Props {
  shortened: Shortened[]
  onWhole: () => void
  /** Where what stands at a pointer is had as a file. */
  fileAt: (pointer: string) => string
}

const UNITS: Record<string, string> = { text: 'characters', list: 'items', object: 'members' }

/** What was too long to come along at once, and the way to all of it. */
export function LeftOut({ shortened, onWhole, fileAt }: Props) {
  if (shortened.length === 0) return null
  return (
    <div className={styles.leftOut}>
      {shortened.map((one) => (
        <span key={one.pointer}>
          {`${nameOf(one.pointer)}: ${one.shown.toLocaleString('en-GB')} of ${one.total.toLocaleString('en-GB')} ${UNITS[one.kind] ?? ''}, ${sizeText(one.size)} in all`}
        </span>
      ))}
      <Button small onClick={onWhole}>
        Show all of it
      </Button>
      {shortened.map((one) => (
        <a key={one.pointer} className={buttonClass('plain', true)} href={fileAt(one.pointer)} download>
          Download{shortened.length > 1 ? ` ${nameOf(one.pointer)}` : ''}
        </a>
      ))}
    </div>
  )
}

/** The last name of a pointer: `/body/items` is items. */
function nameOf(pointer: string): string {
  return pointer.split('/').at(-1) || 'All'
}
