import { queryOptions } from '@tanstack/react-query'
import { get } from './http'
import type { components } from './schema.gen'

export type Me = components['schemas']['MeOut']

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => get<Me>('/me', undefined, signal),
  staleTime: 300_000,
})

/** Whether the caller may start, cancel and run again here; null until it is known. */
export function mayRun(me: Me | undefined, workspace: string | undefined): boolean | null {
  if (!me) return null
  const here = me.workspaces.find((one) => one.slug === (workspace ?? me.workspace))
  return here ? here.role !== 'viewer' : false
}

/** Whether the caller is an admin here: archives flows, deletes environments. */
export function mayAdminister(me: Me | undefined, workspace: string | undefined): boolean {
  return me?.workspaces.find((one) => one.slug === (workspace ?? me.workspace))?.role === 'admin'
}
