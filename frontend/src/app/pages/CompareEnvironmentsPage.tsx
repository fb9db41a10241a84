import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { environmentQueries } from '@/features/environments/api/queries'
import { CompareTable } from '@/features/environments/components/CompareTable'
import { compared } from '@/features/environments/edits'
import { countText } from '@/lib/time'
import { Field } from '@/ui/Field'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import styles from './EnvironmentPage.module.css'
import page from './Page.module.css'

const route = getRouteApi(PATHS.compareEnvironments)

export function CompareEnvironmentsPage() {
  useEffect(() => {
    document.title = 'Compare environments – Stepwell'
  }, [])
  return (
    <>
      <header className={page.top}>
        <Link to={PATHS.environments} className={styles.crumb}>
          Environments
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={page.title}>Compare</h1>
      </header>
      <Comparison />
    </>
  )
}

function Comparison() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const list = useQuery(environmentQueries.list)
  const [isAll, setAll] = useState(false)
  if (list.isPending) return <Skeleton rows={10} height={30} />
  if (list.isError) return <Notice isPage role="alert" title={list.error.message} action={{ label: 'Try again', run: () => void list.refetch() }} />
  const one = list.data.find((each) => each.name === search.one) ?? list.data[0]
  const other = list.data.find((each) => each.name === search.other) ?? list.data.find((each) => each !== one)
  if (!one || !other) return <Notice isPage title="A comparison needs two environments." detail={list.data.length === 1 ? `${list.data[0]?.name ?? ''} is the only one.` : 'There is none yet.'} action={{ label: 'All environments', run: () => void navigate({ to: PATHS.environments }) }} />
  const rows = compared(one, other)
  const different = rows.filter((row) => row.differs)
  const choose = (part: { one?: string; other?: string }): void =>
    void navigate({ to: PATHS.compareEnvironments, search: { one: one.name, other: other.name, ...part }, replace: true })
  const options = list.data.map((each) => (
    <option key={each.name} value={each.name}>
      {each.name}
    </option>
  ))
  return (
    <>
      <div className={styles.pick}>
        <Field label="One">
          <select value={one.name} onChange={(event) => choose({ one: event.target.value })}>
            {options}
          </select>
        </Field>
        <Field label="The other">
          <select value={other.name} onChange={(event) => choose({ other: event.target.value })}>
            {options}
          </select>
        </Field>
        <label className={styles.only}>
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} />
          Also what is the same ({countText(rows.length - different.length, 'name')})
        </label>
      </div>
      <div className={styles.table}>
        {(isAll ? rows : different).length > 0 ? (
          <CompareTable rows={isAll ? rows : different} one={one.name} other={other.name} />
        ) : (
          <Notice title="They have the same names and values. Secrets are never read, so their values are not compared." />
        )}
      </div>
    </>
  )
}
