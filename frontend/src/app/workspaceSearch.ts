import type { AuditSearch } from '@/features/workspace/api'

export const WORKSPACE_PARTS = ['tokens', 'notifications', 'hooks', 'ai', 'members', 'audit', 'settings'] as const
export type WorkspacePart = (typeof WORKSPACE_PARTS)[number]

/** What of the audit log is shown. */
export function readAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const search: AuditSearch = {}
  for (const name of ['verb', 'actor', 'target', 'cursor'] as const) {
    const value = raw[name]
    if ((typeof value === 'string' || typeof value === 'number') && String(value)) search[name] = String(value)
  }
  return search
}
