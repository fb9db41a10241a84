import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { EnvironmentForm } from '@/features/environments/components/EnvironmentForm'
import { mayRun, meQuery } from '@/lib/me'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './EnvironmentPage.module.css'
import page from './Page.module.css'

export function NewEnvironmentPage() {
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  useEffect(() => {
    document.title = 'New environment – Stepwell'
  }, [])
  if (me.isPending) return <Skeleton rows={8} height={44} />
  if (mayRun(me.data, undefined) !== true) return <Notice isPage role="alert" title="Creating an environment needs the role editor." detail="You are a viewer here." action={{ label: 'All environments', run: () => void navigate({ to: PATHS.environments }) }} />
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.environments} className={styles.crumb}>
          Environments
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>New environment</h1>
      </header>
      <div className={styles.body}>
        <EnvironmentForm environment={undefined} mayWrite onSaved={(saved) => void navigate({ to: PATHS.environment, params: { name: saved.name }, ignoreBlocker: true })} />
      </div>
    </>
  )
}
