import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { listen, type SocketState } from '@/lib/socket'
import { executionQueries } from '../api/queries'

const GATHER = 250

/** The socket says that something changed; the list is read again, at most four times a second. */
export function useListLive(workspace: string | undefined): SocketState {
  const queries = useQueryClient()
  const [state, setState] = useState<SocketState>('connecting')
  useEffect(() => {
    let timer: number | undefined
    const close = listen(() => `/ws/executions/${workspace ? `?workspace=${encodeURIComponent(workspace)}` : ''}`, {
      state: setState,
      told: () => {
        timer ??= window.setTimeout(() => {
          timer = undefined
          void queries.invalidateQueries({ queryKey: executionQueries.lists })
        }, GATHER)
      },
    })
    return () => {
      window.clearTimeout(timer)
      close()
    }
  }, [queries, workspace])
  return state
}
