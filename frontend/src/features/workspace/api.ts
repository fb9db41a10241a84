import { queryOptions } from '@tanstack/react-query'
import { get, post, write } from '@/lib/http'
import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Member = Schemas['MemberOut']
export type Token = Schemas['TokenOut']
export type AuditEntry = Schemas['AuditOut']
export type Role = Schemas['Role']
export type Link = Schemas['LinkOut']
export type AiSettings = Schemas['SettingsOut']

export const ROLES: readonly Role[] = ['viewer', 'editor', 'admin']

/** The roles that somebody with this one may give to a token. */
export function rolesUpTo(role: string): Role[] {
  return ROLES.slice(0, ROLES.findIndex((one) => one === role) + 1)
}

export interface AuditSearch {
  verb?: string | undefined
  actor?: string | undefined
  target?: string | undefined
  cursor?: string | undefined
}

const PAGE = 100

export const workspaceQueries = {
  all: ['workspace'] as const,

  members: (cursor: string | undefined) =>
    queryOptions({
      queryKey: [...workspaceQueries.all, 'members', cursor],
      queryFn: ({ signal }) => get<Schemas['MemberPage']>('/members', { cursor, limit: PAGE }, signal),
    }),

  tokens: (ofAll: boolean, cursor: string | undefined) =>
    queryOptions({
      queryKey: [...workspaceQueries.all, 'tokens', ofAll, cursor],
      queryFn: ({ signal }) => get<Schemas['TokenPage']>('/tokens', { all: ofAll ? 'true' : undefined, cursor, limit: PAGE }, signal),
    }),

  ai: () =>
    queryOptions({
      queryKey: [...workspaceQueries.all, 'ai'],
      queryFn: ({ signal }) => get<AiSettings>('/analytics/ai', undefined, signal),
    }),

  audit: (search: AuditSearch) =>
    queryOptions({
      queryKey: [...workspaceQueries.all, 'audit', search],
      queryFn: ({ signal }) => get<Schemas['AuditPage']>('/audit', { ...search, limit: PAGE }, signal),
    }),
}

export const addMember = (order: Schemas['MemberIn']) => post<Schemas['AddedOut']>('/members', order)
export const changeRole = (id: number, role: Role) => write<Member>('PATCH', `/members/${id}`, { role })
export const removeMember = (id: number) => write<null>('DELETE', `/members/${id}`)
export const renewLink = (id: number) => post<Link>(`/members/${id}/link`)
export const createToken = (order: { name: string; role: Role; expires_at: string | null }) => post<Schemas['NewTokenOut']>('/tokens', order)
export const revokeToken = (id: number) => post<Token>(`/tokens/${id}/revoke`)
export const createWorkspace = (order: Schemas['WorkspaceIn']) => post<Schemas['WorkspaceOut']>('/workspaces', order)
export const renameWorkspace = (name: string) => write<Schemas['WorkspaceOut']>('PATCH', '/workspace', { name })
export const letItAsk = (isOn: boolean) => write<AiSettings>('PUT', '/analytics/ai/automatic', { is_on: isOn })

export const giveConsent = (isGiven: boolean) => write<AiSettings>('PUT', '/analytics/ai/consent', { is_given: isGiven })
