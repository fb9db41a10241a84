import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Problem } from '@/lib/http'
import type { Me } from '@/lib/me'
import { hereIn, rememberedWorkspace, rememberWorkspace } from '@/lib/workspace'

/**
 * Who has several workspaces finds the one they are in in every address, and again next time; a remembered one that
 * is theirs no longer is forgotten.
 */
export function useOwnWorkspace(named: string | undefined, me: Me | undefined, error: Error | null): void {
  const navigate = useNavigate()
  useEffect(() => {
    if (error instanceof Problem && error.status === 404 && named !== undefined && named === rememberedWorkspace()) {
      rememberWorkspace(undefined)
      location.replace(hereIn(undefined, location))
    }
  }, [error, named])
  useEffect(() => {
    if (!me) return
    const hasSeveral = me.workspaces.length > 1
    rememberWorkspace(hasSeveral ? me.workspace : undefined)
    if (hasSeveral && named === undefined) {
      void navigate({ to: '.', search: (before) => ({ ...before, workspace: me.workspace }), replace: true })
    }
  }, [me, named, navigate])
}
