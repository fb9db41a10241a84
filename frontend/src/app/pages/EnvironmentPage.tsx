import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { environmentQueries } from '@/features/environments/api/queries'
import { EnvironmentActions } from '@/features/environments/components/EnvironmentActions'
import { EnvironmentForm } from '@/features/environments/components/EnvironmentForm'
import { Usage } from '@/features/environments/components/Usage'
import { SchedulesAgainst } from '@/features/schedules/components/SchedulesAgainst'
import { Problem } from '@/lib/http'
import { mayAdminister, mayRun, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './EnvironmentPage.module.css'
import page from './Page.module.css'

const route = getRouteApi(PATHS.environment)

export function EnvironmentPage() {
  const { name } = route.useParams()
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const environment = useQuery(environmentQueries.one(name))
  useEffect(() => {
    document.title = `${name} – Stepwell`
  }, [name])
  if (environment.isPending || me.isPending) return <Skeleton rows={12} height={36} />
  if (!environment.data) {
    const isGone = environment.error instanceof Problem && environment.error.status === 404
    const toList = { label: 'All environments', run: () => void navigate({ to: PATHS.environments }) }
    return <Notice isPage role="alert" title={environment.error.message} action={isGone ? toList : { label: 'Try again', run: () => void environment.refetch() }} />
  }
  const mayWrite = mayRun(me.data, undefined) === true
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.environments} className={styles.crumb}>
          Environments
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>{name}</h1>
        <span className={styles.revision} title="Changes with every variable and secret; each run keeps the one it saw">
          revision {environment.data.revision.slice(0, 8)}
        </span>
        <span className={page.gap} />
        <EnvironmentActions
          name={name}
          mayWrite={mayWrite}
          mayDelete={mayAdminister(me.data, undefined)}
          onRenamed={(next) => void navigate({ to: PATHS.environment, params: { name: next }, replace: true, ignoreBlocker: true })}
          onDeleted={() => void navigate({ to: PATHS.environments, ignoreBlocker: true })}
        />
      </header>
      <div className={styles.columns}>
        <EnvironmentForm key={name} environment={environment.data} mayWrite={mayWrite} onSaved={() => undefined} />
        <div className={styles.beside}>
          <Usage name={name} />
          <SchedulesAgainst environment={name} />
        </div>
      </div>
    </>
  )
}
