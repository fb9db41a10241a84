import { Popover } from '@mantine/core'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { periodText, type Scope } from '../search'
import styles from './Filters.module.css'

interface Props {
  days: number
  since: string | undefined
  until: string | undefined
  onChange: (part: Partial<Scope>) => void
}

const LENGTHS = [2, 7, 14, 30, 90, 365]

/** The last so many days, or from one day to another. */
export function Period({ days, since, until, onChange }: Props) {
  const [isOpen, setOpen] = useState(false)
  const words = periodText({ days, since, until })
  const last = (length: number): void => {
    setOpen(false)
    onChange({ days: length, since: undefined, until: undefined })
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" transitionProps={{ duration: 120 }} trapFocus withRoles={false}>
      <Popover.Target>
        <Button className={styles.period ?? ''} data-set={since !== undefined || until !== undefined} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {words.charAt(0).toUpperCase() + words.slice(1)}
          <Icon name="down" size={12} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.periods ?? ''}>
        {LENGTHS.map((length) => (
          <button key={length} type="button" className={styles.length} aria-pressed={!since && !until && length === days} onClick={() => last(length)}>
            Last {length} days
          </button>
        ))}
        <label className={styles.day}>
          From the day
          <input type="date" value={since ?? ''} onChange={(event) => onChange({ since: event.target.value || undefined, days: undefined })} />
        </label>
        <label className={styles.day}>
          Until the day
          <input type="date" value={until ?? ''} onChange={(event) => onChange({ until: event.target.value || undefined })} />
        </label>
      </Popover.Dropdown>
    </Popover>
  )
}
