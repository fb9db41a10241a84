import { jsonText, parseExact } from '@/lib/exactJson'
import { itemsWith } from './itemSource'
import { type Line, LONGEST_LINE } from './jsonLines'
import { findings } from './jsonQuery'
import { JsonKept, type KeptLines, TextKept } from './keptLines'

/** What a worker is asked; every ask gets one answer. */
export type Ask =
  | { kind: 'read' }
  | { kind: 'open'; mode: 'pretty' | 'raw' }
  | { kind: 'lines'; document: number; from: number; to: number }
  | { kind: 'search'; document: number; words: string }
  | { kind: 'index'; document: number; path: string }
  | { kind: 'filter'; path: string }
  | { kind: 'items' }
  | { kind: 'items with'; words: string }
  | { kind: 'values'; indices: readonly number[] }

/** A document that stays with the worker, and its first lines. */
export interface Opened {
  document: number
  count: number
  first: Line[]
}

export interface Piece {
  text: string
  total: number
  next: number | null
}

export interface Progress {
  read: number
  total: number
}

const FIRST = 300
const PRETTY = 0
const RAW = 1

/** Keeps one long text: reads it in pieces, parses it, and hands out lines. Knows nothing of workers. */
export class CodeDesk {
  private pieces: string[] = []
  private next: number | null = 0
  private text = ''
  private value: unknown
  private isJson = false
  private readonly documents = new Map<number, KeptLines>()
  private newest = RAW
  private searches = 0

  constructor(
    private readonly fetchPiece: (offset: number) => Promise<Piece>,
    private readonly tell: (progress: Progress) => void,
  ) {}

  async answer(ask: Ask): Promise<unknown> {
    switch (ask.kind) {
      case 'read':
        return this.read()
      case 'open':
        return this.open(ask.mode)
      case 'lines':
        return this.lines(ask.document, ask.from, ask.to)
      case 'search':
        return this.search(ask.document, ask.words)
      case 'index':
        return this.documents.get(ask.document)?.indexOf(ask.path) ?? -1
      case 'filter':
        return this.filter(ask.path)
      case 'items':
        return this.list().length
      case 'items with':
        return Uint32Array.from(itemsWith(this.list(), ask.words))
      case 'values':
        return ask.indices.map((index) => jsonText(this.list()[index]))
    }
  }

  /** All pieces; after a failure, from the one that failed. */
  private async read(): Promise<null> {
    while (this.next !== null) {
      const piece: Piece = await this.fetchPiece(this.next)
      if (piece.next !== null && piece.next <= this.next) throw new Error('The server sent an empty piece.')
      this.pieces.push(piece.text)
      this.next = piece.next
      this.tell({ read: piece.next ?? piece.total, total: piece.total })
    }
    this.text ||= this.pieces.join('')
    this.pieces = []
    return null
  }

  private open(mode: 'pretty' | 'raw'): Opened {
    const document = mode === 'pretty' ? PRETTY : RAW
    if (!this.documents.has(document)) this.documents.set(document, mode === 'pretty' ? this.pretty() : new TextKept(this.text))
    return this.opened(document)
  }

  private pretty(): KeptLines {
    if (!/^\s*[[{]/.test(this.text)) return new TextKept(this.text)
    try {
      this.value = parseExact(this.text)
      this.isJson = true
      return new JsonKept([{ path: '$', value: this.value }])
    } catch {
      return new TextKept(this.text)
    }
  }

  /** Of a text that is a list, its items. They go out as JSON, because a copy of an exact number would be none. */
  private list(): unknown[] {
    this.open('pretty')
    return Array.isArray(this.value) ? (this.value as unknown[]) : []
  }

  private opened(document: number): Opened {
    return { document, count: this.documents.get(document)?.count ?? 0, first: this.lines(document, 0, FIRST) }
  }

  private lines(document: number, from: number, to: number): Line[] {
    const kept = this.documents.get(document)
    const until = Math.min(to, kept?.count ?? 0)
    return Array.from({ length: Math.max(0, until - from) }, (_, index) => kept?.at(from + index)).flatMap((line) => (line ? [cut(line)] : []))
  }

  /** While somebody types, only for the last of the words that came. */
  private async search(document: number, words: string): Promise<Uint32Array> {
    this.searches += 1
    const own = this.searches
    await new Promise((resolve) => setTimeout(resolve))
    return own === this.searches ? (this.documents.get(document)?.search(words) ?? new Uint32Array()) : new Uint32Array()
  }

  private async filter(path: string): Promise<Opened> {
    const found = this.isJson ? await findings(this.value, path) : []
    this.newest += 1
    this.documents.set(this.newest, new JsonKept(found))
    // The one before may still be in sight.
    if (this.newest - 2 > RAW) this.documents.delete(this.newest - 2)
    return this.opened(this.newest)
  }
}

/** A line as it is sent: of a very long one, the beginning. */
function cut(line: Line): Line {
  const length = line.parts.reduce((sum, part) => sum + part.text.length, 0)
  if (length <= LONGEST_LINE) return line
  const parts = line.parts.map((part) => ({ ...part, text: part.text.slice(0, LONGEST_LINE) }))
  return { ...line, parts, left: length - parts.reduce((sum, part) => sum + part.text.length, 0) }
}
