import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { scheduleQueries } from '@/features/schedules/api/queries'
import { ScheduleActions } from '@/features/schedules/components/ScheduleActions'
import { ScheduleForm } from '@/features/schedules/components/ScheduleForm'
import { SlotHistory } from '@/features/schedules/components/SlotHistory'
import { Problem } from '@/lib/http'
import { mayRun, meQuery } from '@/lib/me'
import { momentText } from '@/lib/time'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import { useHomeWorkspace } from '../useHomeWorkspace'
import page from './Page.module.css'
import styles from './SchedulePage.module.css'

const route = getRouteApi(PATHS.schedule)

export function SchedulePage() {
  const { scheduleId } = route.useParams()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const found = useQuery(scheduleQueries.one(Number(scheduleId)))
  const schedule = found.data
  useHomeWorkspace(found.error)
  const name = schedule?.name
  useEffect(() => {
    document.title = `${name ?? 'Schedule'} – Stepwell`
  }, [name])
  if (found.isPending || me.isPending) return <Skeleton rows={12} height={36} />
  const toList = { label: 'All schedules', run: () => void navigate({ to: PATHS.schedules }) }
  const isGone = found.error instanceof Problem && found.error.status === 404
  if (!schedule || isGone) return <Notice isPage role="alert" title={found.error?.message ?? ''} action={isGone ? toList : { label: 'Try again', run: () => void found.refetch() }} />
  const may = mayRun(me.data, undefined) === true
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.schedules} className={styles.crumb}>
          Schedules
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>{schedule.name}</h1>
        <span className={page.gap} />
        {may && (
          <ScheduleActions
            schedule={schedule}
            onStarted={(execution) => void navigate({ to: PATHS.execution, params: { executionId: String(execution.id) } })}
            onDeleted={() => void navigate({ to: PATHS.schedules, ignoreBlocker: true })}
          />
        )}
      </header>
      {schedule.is_paused && (
        <p className={styles.banner} role="status">
          <b>Paused</b>
          {schedule.paused_by && ` by ${schedule.paused_by}`}
          {schedule.paused_at && `, ${momentText(schedule.paused_at)}`}
          {schedule.pause_note && `: ${schedule.pause_note}`}
        </p>
      )}
      {schedule.trouble && (
        <p className={`${styles.banner ?? ''} ${styles.trouble ?? ''}`} role="alert">
          It cannot run as it stands. {schedule.trouble}
        </p>
      )}
      <ScheduleForm key={schedule.id} schedule={schedule} mayWrite={may} onSaved={() => undefined}>
        <SlotHistory id={schedule.id} />
      </ScheduleForm>
    </>
  )
}
