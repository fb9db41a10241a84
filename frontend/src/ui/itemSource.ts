import { jsonText } from '@/lib/exactJson'

/** Items of a list that are shown one a row, wherever they are kept: here, or with a worker that parsed a long list. */
export interface ItemSource {
  readonly count: number
  /** undefined: it is not here yet. */
  at: (index: number) => unknown
  /** Brings these items here; null when they are. */
  bring: (indices: readonly number[]) => Promise<void> | null
  /** Numbers of the items that have these words in a cell, in any case. */
  search: (words: string) => Promise<ArrayLike<number>>
}

export class LocalItems implements ItemSource {
  constructor(private readonly items: readonly unknown[]) {}

  get count(): number {
    return this.items.length
  }

  at(index: number): unknown {
    return this.items[index]
  }

  bring(): null {
    return null
  }

  search(words: string): Promise<number[]> {
    return Promise.resolve(itemsWith(this.items, words))
  }
}

export function itemsWith(items: readonly unknown[], words: string): number[] {
  const wanted = words.toLowerCase()
  return items.flatMap((item, index) => (cellsOf(item).some((cell) => cellText(cell).toLowerCase().includes(wanted)) ? [index] : []))
}

function cellsOf(item: unknown): unknown[] {
  return typeof item === 'object' && item !== null ? Object.values(item) : [item]
}

/** What a cell says: a text as it is, everything else as JSON. */
export function cellText(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : jsonText(value)
}
