import { Popover } from '@mantine/core'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { periodText, type Scope } from '../search'
import styles from './Filters.module.css'

interface Props {
  days: number
  hours: number | undefined
  /** Where a page only counts by day, there are no hours to choose. */
  hasHours: boolean
  since: string | undefined
  until: string | undefined
  onChange: (part: Partial<Scope>) => void
}

const HOURS = [24, 48]
const LENGTHS = [2, 7, 14, 30, 90, 365]

/** The last so many hours or days, or from one day to another. */
export function Period({ days, hours, hasHours, since, until, onChange }: Props) {
  const [isOpen, setOpen] = useState(false)
  const words = periodText({ days, hours, since, until })
  const last = (length: Pick<Scope, 'days' | 'hours'>): void => {
    setOpen(false)
    onChange({ days: undefined, hours: undefined, ...length, since: undefined, until: undefined })
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
        {hasHours &&
          HOURS.map((length) => (
            <button key={length} type="button" className={styles.length} aria-pressed={length === hours} onClick={() => last({ hours: length })}>
              Last {length} hours
            </button>
          ))}
        {LENGTHS.map((length) => (
          <button key={length} type="button" className={styles.length} aria-pressed={!hours && !since && !until && length === days} onClick={() => last({ days: length })}>
            Last {length} days
          </button>
        ))}
        <label className={styles.day}>
          From the day
          <input type="date" value={since ?? ''} onChange={(event) => onChange({ since: event.target.value || undefined, days: undefined, hours: undefined })} />
        </label>
        <label className={styles.day}>
          Until the day
          <input type="date" value={until ?? ''} onChange={(event) => onChange({ until: event.target.value || undefined, hours: undefined })} />
        </label>
      </Popover.Dropdown>
    </Popover>
  )
}
