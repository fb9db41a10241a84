import { useCallback, useEffect, useMemo, useReducer, useState } from 'react'
import { type ItemSource, LocalItems } from '@/ui/itemSource'
import { isWithin } from './Body'
import type { SideProps } from './viewer'
import { payloadAddress, useWholeItems, type Whole } from './WholeBody'

/** A list that is drawn one item a row: its beginning, or all of it once that was asked for. */
export interface Items {
  /** What came along, which is like the rest. */
  beginning: readonly unknown[]
  source: ItemSource
  whole: Whole<ItemSource>
  isAsked: boolean
  /** How many there are in all. */
  total: number
}

export function useItems({ attempt, source, isWhole }: SideProps, pointer: string, beginning: readonly unknown[]): Items {
  const shortened = attempt.shortened.filter((one) => one.part === source.part && isWithin(one.pointer, pointer))
  const address = isWhole && shortened.length > 0 ? payloadAddress({ attempt, source }, pointer) : null
  const whole = useWholeItems(address)
  const local = useMemo(() => new LocalItems(beginning), [beginning])
  const total = shortened.find((one) => one.pointer === pointer)?.total ?? beginning.length
  return { beginning, source: whole.value ?? local, whole, isAsked: address !== null, total }
}

/** The items in which some words stand, and a way to have those in sight here. */
export function useFiltered(source: ItemSource) {
  const [words, look] = useState('')
  const [found, setFound] = useState<{ of: ItemSource; words: string; hits: ArrayLike<number> } | null>(null)
  const [, drawAgain] = useReducer((times: number) => times + 1, 0)
  useEffect(() => {
    if (!words) return
    let isOld = false
    void source.search(words).then((hits) => {
      if (!isOld) setFound({ of: source, words, hits })
    })
    return () => {
      isOld = true
    }
  }, [source, words])
  const hits = words && found?.of === source ? found.hits : null
  const indexAt = useCallback((row: number): number => (hits ? (hits[row] ?? -1) : row), [hits])
  const bring = useCallback(
    (from: number, to: number): void => {
      const indices = Array.from({ length: to - from }, (_, place) => indexAt(from + place))
      void source.bring(indices)?.then(drawAgain)
    },
    [source, indexAt],
  )
  return { words, look, hits, isLooking: words !== '' && found?.words !== words, count: hits?.length ?? source.count, indexAt, bring }
}
