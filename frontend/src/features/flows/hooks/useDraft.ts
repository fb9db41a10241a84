import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '@/lib/http'
import { createFlow, flowQueries, saveFlow } from '../api/queries'
import type { Flow, Saved } from '../api/types'

/** What the draft was made from. */
export interface Base {
  text: string
  tag: string
  version: number | null
}

/**
 * The text somebody edits, and the version it was made from.
 *
 * A save names the version it was made from; where somebody else saved since, the server refuses, and `isBehind` tells
 * until the person decides: `saveOver` takes their version as seen, `take` gives the own text up.
 */
export function useDraft(flow: Flow | null, initial: string, onSaved: (saved: Saved) => void) {
  const queries = useQueryClient()
  const [base, setBase] = useState<Base>({ text: flow?.text ?? '', tag: flow?.tag ?? '', version: flow?.latest_version ?? null })
  const [text, setText] = useState(flow?.text ?? initial)
  const isDirty = text !== base.text
  const isBehind = flow !== null && flow.tag !== base.tag
  const save = useMutation({
    mutationFn: (tag: string) => (flow ? saveFlow(flow.slug, text, tag) : createFlow(text)),
    onSuccess: async (saved) => {
      setBase({ text, tag: saved.tag, version: saved.version.number })
      const { queryKey } = flowQueries.flow(saved.slug)
      queries.setQueryData(queryKey, (before) => (before ? { ...before, name: saved.name, text, tag: saved.tag, latest_version: saved.version.number } : before))
      onSaved(saved)
      await queries.invalidateQueries({ queryKey: flowQueries.all })
    },
    onError: async (error) => {
      if (flow && error instanceof Problem && error.code === 'flow_changed') await queries.invalidateQueries({ queryKey: flowQueries.flow(flow.slug).queryKey })
    },
  })
  const take = (): string => {
    const next = flow?.text ?? ''
    setBase({ text: next, tag: flow?.tag ?? '', version: flow?.latest_version ?? null })
    setText(next)
    save.reset()
    return next
  }
  return {
    base,
    text,
    setText,
    isDirty,
    isBehind,
    save: () => save.mutateAsync(base.tag).catch(() => null),
    saveOver: () => save.mutateAsync(flow?.tag ?? '').catch(() => null),
    take,
    isSaving: save.isPending,
    error: save.error,
  }
}
