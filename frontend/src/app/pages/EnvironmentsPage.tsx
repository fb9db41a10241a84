import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { environmentQueries } from '@/features/environments/api/queries'
import { EnvironmentList } from '@/features/environments/components/EnvironmentList'
import { mayRun, meQuery } from '@/lib/me'
import { buttonClass } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './Page.module.css'

export function EnvironmentsPage() {
  const navigate = useNavigate()
  const me = useQuery(meQuery)
  const list = useQuery(environmentQueries.list)
  const usage = useQuery(environmentQueries.usage(list.data?.map((one) => one.name) ?? []))
  useEffect(() => {
    document.title = 'Environments – Stepwell'
  }, [])
  const may = mayRun(me.data, undefined) === true
  const create = { label: 'Create an environment', run: () => void navigate({ to: PATHS.newEnvironment }) }
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>Environments</h1>
        <span className={styles.gap} />
        {(list.data?.length ?? 0) > 1 && (
          <Link to={PATHS.compareEnvironments} className={buttonClass()}>
            Compare two
          </Link>
        )}
        {may && (
          <Link to={PATHS.newEnvironment} className={buttonClass('primary')}>
            <Icon name="plus" size={14} />
            New environment
          </Link>
        )}
      </header>
      {list.isPending && <Skeleton rows={6} height={44} />}
      {list.isError && <Notice role="alert" title={list.error.message} detail="The environments could not be read." action={{ label: 'Try again', run: () => void list.refetch() }} />}
      {list.data && list.data.length > 0 && <EnvironmentList environments={list.data} usage={usage.data} />}
      {usage.isError && <Notice role="alert" title={usage.error.message} detail="What ran against them could not be read." action={{ label: 'Try again', run: () => void usage.refetch() }} />}
      {list.data?.length === 0 && (
        <Notice
          title="No environments yet. One holds the addresses and secrets that differ between staging and production."
          detail="A flow says ${API_URL}; the environment it runs against says what that is."
          action={may ? create : undefined}
        />
      )}
    </>
  )
}
