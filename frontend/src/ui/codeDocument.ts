import { jsonLines, type Line, lineText, textLines } from './jsonLines'
import { queried } from './jsonQuery'

/** Lines to show, wherever they are kept: here, or with a worker that parsed what is too long for this thread. */
export interface CodeDocument {
  readonly count: number
  /** undefined: it is not here yet. */
  at: (index: number) => Line | undefined
  /** Brings these lines here; null when they are. */
  bring: (from: number, to: number) => Promise<void> | null
  /** The line where the value of a path begins, or -1. */
  indexOf: (path: string) => Promise<number>
  /** Numbers of the lines that have these words, in any case. */
  search: (words: string) => Promise<ArrayLike<number>>
  /** What a JSONPath finds, each value with the path it has here. Rejects when it is no JSONPath. */
  filtered: (path: string) => Promise<CodeDocument>
}

export class LocalDocument implements CodeDocument {
  constructor(
    readonly lines: readonly Line[],
    private readonly value?: unknown,
  ) {}

  static ofValue(value: unknown): LocalDocument {
    return new LocalDocument(jsonLines(value), value)
  }

  static ofText(text: string): LocalDocument {
    return new LocalDocument(textLines(text))
  }

  get count(): number {
    return this.lines.length
  }

  at(index: number): Line | undefined {
    return this.lines[index]
  }

  bring(): null {
    return null
  }

  indexOf(path: string): Promise<number> {
    return Promise.resolve(lineOf(this.lines, path))
  }

  search(words: string): Promise<number[]> {
    return Promise.resolve(linesWith(this.lines, words))
  }

  async filtered(path: string): Promise<CodeDocument> {
    return new LocalDocument(await queried(this.value, path))
  }
}

export function lineOf(lines: readonly Line[], path: string): number {
  return lines.findIndex((line) => line.path === path)
}

export function linesWith(lines: readonly Line[], words: string): number[] {
  const wanted = words.toLowerCase()
  return lines.flatMap((line, index) => (lineText(line).toLowerCase().includes(wanted) ? [index] : []))
}
