import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ScheduleForm } from '@/features/schedules/components/ScheduleForm'
import { mayRun, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import page from './Page.module.css'
import styles from './SchedulePage.module.css'

export function NewSchedulePage() {
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  useEffect(() => {
    document.title = 'New schedule – Stepwell'
  }, [])
  if (me.isPending) return <Skeleton rows={8} height={44} />
  if (mayRun(me.data, undefined) !== true) return <Notice isPage role="alert" title="Creating a schedule needs the role editor." detail="You are a viewer here." action={{ label: 'All schedules', run: () => void navigate({ to: PATHS.schedules }) }} />
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.schedules} className={styles.crumb}>
          Schedules
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>New schedule</h1>
      </header>
      <ScheduleForm schedule={undefined} mayWrite onSaved={(saved) => void navigate({ to: PATHS.schedule, params: { scheduleId: String(saved.id) }, ignoreBlocker: true })} />
    </>
  )
}
