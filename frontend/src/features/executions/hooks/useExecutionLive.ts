import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { addressOf, get, Problem } from '@/lib/http'
import { listen, type Told } from '@/lib/socket'
import { executionQueries } from '../api/queries'
import type { Snapshot } from '../api/types'
import { statusLook } from '../status'

export type LiveState = 'live' | 'catching up' | 'offline' | 'ended'

const GATHER = 60
const PAUSE = 1500

/**
 * Keeps the snapshot of a running execution fresh until it has ended.
 *
 * The socket only says that there is news; the snapshot itself is read from the API. Where no socket can be opened, the
 * API's own waiting does: `?after=N&wait=20` answers as soon as there is an event beyond N.
 */
export function useExecutionLive(id: number, isOver: boolean): { state: LiveState; since: Date | null } {
  const queries = useQueryClient()
  const [state, setState] = useState<LiveState>('catching up')
  const [since, setSince] = useState<Date | null>(null)
  useEffect(() => {
    if (isOver) return
    const tell = (next: LiveState): void => {
      setState(next)
      setSince((before) => (next === 'offline' ? (before ?? new Date()) : null))
    }
    const leaving = new AbortController()
    let isPolling = false
    const socket = listen(() => socketAddress(queries, id), {
      state: (next) => {
        if (next === 'open') tell('live')
        else if (next === 'closed') tell('offline')
        else if (next === 'refused' && !isPolling) {
          isPolling = true
          void poll(queries, id, leaving, tell)
        }
      },
      told: (messages) => hear(queries, id, messages),
    })
    return () => {
      leaving.abort()
      socket()
    }
  }, [queries, id, isOver])
  return { state: isOver ? 'ended' : state, since }
}

function numberOf(queries: QueryClient, id: number): number {
  return queries.getQueryData(executionQueries.snapshot(id).queryKey)?.event_number ?? 0
}

function socketAddress(queries: QueryClient, id: number): string {
  const workspace = new URL(addressOf(''), location.origin).searchParams.get('workspace')
  return `/ws/executions/${id}/?since=${numberOf(queries, id)}${workspace ? `&workspace=${encodeURIComponent(workspace)}` : ''}`
}

const waiting = new Map<number, number>()

function hear(queries: QueryClient, id: number, messages: Told[]): void {
  for (const message of messages) {
    if (message.type === 'snapshot' && isSnapshot(message.data)) take(queries, message.data)
  }
  if (!messages.some((message) => message.type !== 'snapshot' && message.seq > numberOf(queries, id))) return
  if (waiting.has(id)) return
  const timer = window.setTimeout(() => {
    waiting.delete(id)
    void refresh(queries, id)
  }, GATHER)
  waiting.set(id, timer)
}

async function refresh(queries: QueryClient, id: number): Promise<void> {
  try {
    take(queries, await get<Snapshot>(`/executions/${id}`))
  } catch (error) {
    if (!(error instanceof Problem)) throw error // the socket's own state says that the server is away
  }
}

async function poll(queries: QueryClient, id: number, leaving: AbortController, tell: (state: LiveState) => void): Promise<void> {
  const hasLeft = (): boolean => leaving.signal.aborted
  while (!hasLeft()) {
    try {
      const snapshot = await get<Snapshot>(`/executions/${id}`, { after: numberOf(queries, id), wait: 20 }, leaving.signal)
      tell('live')
      take(queries, snapshot)
      if (statusLook(snapshot.execution.status).final) return
    } catch {
      if (hasLeft()) return
      tell('offline')
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }
}

/** Older than what is there already: dropped. */
function take(queries: QueryClient, snapshot: Snapshot): void {
  const { id } = snapshot.execution
  if (snapshot.event_number >= numberOf(queries, id)) {
    queries.setQueryData(executionQueries.snapshot(id).queryKey, snapshot)
  }
}

function isSnapshot(data: unknown): data is Snapshot {
  return typeof data === 'object' && data !== null && 'execution' in data && 'steps' in data
}
