import { Link, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { AccountMenu } from '@/features/account/components/AccountMenu'
import { WorkspaceSwitch } from '@/features/account/components/WorkspaceSwitch'
import type { Me } from '@/lib/me'
import { Icon, type IconName } from '@/ui/Icon'
import { PATHS } from './paths'
import { useTheme } from './useTheme'
import styles from './Shell.module.css'

const MoreSheet = lazy(async () => ({ default: (await import('./MoreSheet')).MoreSheet }))

type Place = { to: (typeof PATHS)['executions' | 'flows' | 'environments' | 'analytics' | 'schedules' | 'batches']; icon: IconName; label: string }

/** On a phone these stand in the bar, and the rest behind "More". */
const FIRST: Place[] = [
  { to: PATHS.executions, icon: 'executions', label: 'Executions' },
  { to: PATHS.flows, icon: 'flow', label: 'Flows' },
  { to: PATHS.environments, icon: 'environments', label: 'Environments' },
  { to: PATHS.analytics, icon: 'analytics', label: 'Analytics' },
]
const SCHEDULES: Place = { to: PATHS.schedules, icon: 'schedule', label: 'Schedules' }

/** The way to every page, at the side; on a phone, the way to the four that people open most, below. */
export function Rail({ me }: { me: Me | undefined }) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const execution = /^\/executions\/(\d+)/.exec(path)?.[1]
  const admin = me?.is_operator ? (execution ? `${PATHS.admin}executions/execution/${execution}/change/` : PATHS.admin) : undefined
  const [sheet, setSheet] = useState<'unopened' | 'open' | 'closed'>('unopened')
  const isOpen = sheet === 'open'
  const isElsewhere = !FIRST.some((one) => path.startsWith(one.to))
  return (
    <nav className={styles.rail} aria-label="Main">
      <Link to={PATHS.executions} className={styles.mark} aria-label="Stepwell">
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
          <rect width="20" height="20" rx="5" fill="var(--ink)" />
          <path d="M5 5h4v4h3v3h3v3" fill="none" stroke="var(--on-ink)" strokeWidth="2" />
        </svg>
      </Link>
      {me && <WorkspaceSwitch me={me} />}
      {FIRST.map((one) => (
        <Entry key={one.to} {...one} />
      ))}
      <div className={styles.wide}>
        <Entry {...SCHEDULES} />
        <span className={styles.gap} />
        <Link to={PATHS.workspacePart} params={{ part: 'tokens' }} className={styles.item} data-active={path.startsWith(PATHS.workspace) || undefined}>
          <Icon name="key" />
          Workspace
        </Link>
        {admin && (
          <a className={styles.item} href={admin}>
            <Icon name="admin" />
            Admin
          </a>
        )}
        <Theme />
        {me && <AccountMenu me={me} className={styles.item} />}
      </div>
      <button type="button" className={`${styles.item ?? ''} ${styles.phone ?? ''}`} aria-haspopup="dialog" aria-expanded={isOpen} data-active={isElsewhere || undefined} onClick={() => setSheet('open')}>
        <Icon name="more" />
        More
      </button>
      {sheet !== 'unopened' && (
        <Suspense>
          <MoreSheet me={me} admin={admin} isOpen={isOpen} onClose={() => setSheet('closed')} />
        </Suspense>
      )}
    </nav>
  )
}

function Entry({ to, icon, label }: Place) {
  return (
    <Link to={to} className={styles.item} activeProps={{ 'data-active': true }}>
      <Icon name={icon} />
      {label}
    </Link>
  )
}

function Theme() {
  const { words, turn } = useTheme()
  return (
    <button type="button" className={styles.item} onClick={turn} aria-label={words}>
      <Icon name="theme" />
      Theme
    </button>
  )
}
