import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Hooks } from '@/features/hooks/components/Hooks'
import { Notifications } from '@/features/notifications/components/Notifications'
import { AiAnalysis } from '@/features/workspace/components/AiAnalysis'
import { Audit } from '@/features/workspace/components/Audit'
import { Members } from '@/features/workspace/components/Members'
import { Settings } from '@/features/workspace/components/Settings'
import { Tokens } from '@/features/workspace/components/Tokens'
import { type Me, meQuery } from '@/lib/me'
import { sectionIn } from '@/lib/workspace'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { PATHS } from '../paths'
import { WORKSPACE_PARTS, type WorkspacePart } from '../workspaceSearch'
import styles from './WorkspacePage.module.css'

const route = getRouteApi(PATHS.workspacePart)
const LABELS: Record<WorkspacePart, string> = { tokens: 'API tokens', notifications: 'Notifications', hooks: 'Hooks', ai: 'AI analysis', members: 'Members', audit: 'Audit log', settings: 'Settings' }

/** What somebody may see of the workspace's administration; the API holds the same. */
function partsFor(me: Me, role: string): WorkspacePart[] {
  const needs: Record<WorkspacePart, boolean> = { tokens: true, notifications: true, hooks: true, ai: true, members: role === 'admin', audit: role === 'admin', settings: me.is_owner }
  return WORKSPACE_PARTS.filter((part) => needs[part])
}

export function WorkspacePage() {
  const { part } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const me = useQuery(meQuery)
  useEffect(() => {
    document.title = 'Workspace – Stepwell'
  }, [])
  if (!me.data) return <Skeleton rows={8} height={36} />
  const here = me.data.workspaces.find((one) => one.slug === me.data.workspace)
  const role = here?.role ?? 'viewer'
  const parts = partsFor(me.data, role)
  const chosen = parts.find((one) => one === part)
  return (
    <>
      <header className={styles.top}>
        <h1 className={styles.title}>{here?.name ?? me.data.workspace}</h1>
      </header>
      <nav className={styles.tabs} aria-label="Workspace">
        {parts.map((one) => (
          <Link key={one} to={PATHS.workspacePart} params={{ part: one }} className={styles.tab} aria-current={one === chosen ? 'page' : undefined}>
            {LABELS[one]}
          </Link>
        ))}
      </nav>
      {chosen === undefined && <Notice role="alert" title={`There is no page ${part} here for the role ${role}.`} detail="An admin of the workspace can open it, or make you one." />}
      {chosen === 'tokens' && <Tokens role={role} />}
      {chosen === 'notifications' && <Notifications mayWrite={role !== 'viewer'} />}
      {chosen === 'hooks' && <Hooks mayWrite={role !== 'viewer'} />}
      {chosen === 'ai' && <AiAnalysis mayAllow={role === 'admin'} />}
      {chosen === 'members' && <Members />}
      {chosen === 'audit' && (
        <Audit search={search} onSearch={(next) => void navigate({ to: PATHS.workspacePart, params: { part: 'audit' }, search: next })} />
      )}
      {chosen === 'settings' && (
        <Settings
          name={here?.name ?? ''}
          onNamed={() => void queries.invalidateQueries({ queryKey: meQuery.queryKey })}
          onOpened={(slug) => location.assign(sectionIn(slug, '/workspace/members'))}
        />
      )}
    </>
  )
}
