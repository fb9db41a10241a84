import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { cancelExecution, executionQueries, rerunExecution } from '../api/queries'
import type { Execution, RerunIn } from '../api/types'

/** Cancel and run again. A repeated click, or a repeated request, starts one run. */
export function useRunActions(id: number, onStarted: (execution: Execution) => void) {
  const queries = useQueryClient()
  const [once, setOnce] = useState(() => crypto.randomUUID())
  const rerun = useMutation({
    mutationFn: (order: Partial<RerunIn>) => rerunExecution(id, order, once),
    onSuccess: (execution) => {
      setOnce(crypto.randomUUID())
      void queries.invalidateQueries({ queryKey: [...executionQueries.all, 'family'] })
      onStarted(execution)
    },
    onError: () => setOnce(crypto.randomUUID()),
  })
  const cancel = useMutation({
    mutationFn: () => cancelExecution(id),
    onSettled: () => queries.invalidateQueries({ queryKey: executionQueries.snapshot(id).queryKey }),
  })
  return { rerun, cancel }
}
