import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { listen } from '@/lib/socket'
import { flowQueries } from '../api/queries'

const GATHER = 2000

/** The socket says that some execution changed; how flows ran lately is read again, at most every two seconds. */
export function useRecentLive(workspace: string | undefined): void {
  const queries = useQueryClient()
  useEffect(() => {
    let timer: number | undefined
    const close = listen(() => `/ws/executions/${workspace ? `?workspace=${encodeURIComponent(workspace)}` : ''}`, {
      state: () => undefined,
      told: (messages) => {
        if (messages.every((message) => message.type === 'ping' || message.type === 'snapshot')) return
        timer ??= window.setTimeout(() => {
          timer = undefined
          void queries.invalidateQueries({ queryKey: [...flowQueries.all, 'recent'] })
        }, GATHER)
      },
    })
    return () => {
      window.clearTimeout(timer)
      close()
    }
  }, [queries, workspace])
}
