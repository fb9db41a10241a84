import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { executionQueries, orderBulk } from '../api/queries'
import type { BulkIn } from '../api/types'

/** One order for many runs. The same click sent twice is one order. */
export function useBulk() {
  const queries = useQueryClient()
  const [once, setOnce] = useState(() => crypto.randomUUID())
  return useMutation({
    mutationFn: (order: BulkIn) => orderBulk(order, once),
    onSettled: () => {
      setOnce(crypto.randomUUID())
      void queries.invalidateQueries({ queryKey: executionQueries.lists })
    },
  })
}
