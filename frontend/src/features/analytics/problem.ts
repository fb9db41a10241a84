import type { UseQueryResult } from '@tanstack/react-query'

/** What a part shows in the place of its content; what was there before stays while it is asked again. */
export function problemOf(query: UseQueryResult): { error: Error; retry: () => void } | undefined {
  return query.error && query.data === undefined ? { error: query.error, retry: () => void query.refetch() } : undefined
}
