import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { durationText, momentText, wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { StatusWord } from '@/ui/StatusWord'
import { scheduleQueries } from '../api/queries'
import type { Slot } from '../api/types'
import { slotCountText, slotLook } from '../words'
import styles from './SlotHistory.module.css'

const NARROWED = { '': 'All', started: 'Started', skipped: 'Skipped', waiting: 'Waiting', failed: 'Not started' } as const

/** What became of each time, newest first. */
export function SlotHistory({ id }: { id: number }) {
  const [status, setStatus] = useState<keyof typeof NARROWED>('')
  const slots = useInfiniteQuery(scheduleQueries.slots(id, status))
  const found = slots.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={styles.history} aria-label="History">
      <header className={styles.head}>
        <h2 className={styles.title}>History</h2>
        <select aria-label="Which times" className={styles.which} value={status} onChange={(event) => setStatus(event.target.value as typeof status)}>
          {Object.entries(NARROWED).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </header>
      {slots.isPending && <Skeleton rows={6} height={30} />}
      {slots.isError && <Notice role="alert" title={slots.error.message} detail="The history could not be read." action={{ label: 'Try again', run: () => void slots.refetch() }} />}
      {slots.data && found.length === 0 && <p className={styles.none}>{status ? 'None of these.' : 'None of its times has come yet.'}</p>}
      {found.map((slot) => (
        <SlotRow key={slot.id} slot={slot} />
      ))}
      {slots.hasNextPage && (
        <p className={styles.more}>
          <Button small disabled={slots.isFetchingNextPage} onClick={() => void slots.fetchNextPage()}>
            Older
          </Button>
        </p>
      )}
    </section>
  )
}

function SlotRow({ slot }: { slot: Slot }) {
  const look = slotLook(slot)
  const run = slot.execution
  const many = slotCountText(slot)
  return (
    <div className={styles.slot} data-slot={slot.status}>
      <StatusWord tone={look.tone} label={look.label} />
      <time dateTime={slot.slot_at} title={wholeMomentText(slot.slot_at)}>
        {momentText(slot.slot_at)}
        {slot.last_slot_at && ` to ${momentText(slot.last_slot_at)}`}
      </time>
      <span className={styles.why}>
        {[slot.is_manual ? 'by hand' : null, many, slot.reason].filter(Boolean).join(', ')}
        {run && (
          <Link to="/executions/$executionId" params={{ executionId: String(run.id) }} preload={false}>
            {' '}
            #{run.id}
          </Link>
        )}
      </span>
      <span className={styles.duration}>{run ? durationText(run.duration_ms) : ''}</span>
    </div>
  )
}
