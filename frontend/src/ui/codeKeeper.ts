import { parseExact } from '@/lib/exactJson'
import type { CodeDocument } from './codeDocument'
import type { Ask, Opened, Progress } from './codeDesk'
import type { ItemSource } from './itemSource'
import type { Line } from './jsonLines'

type Told = { progress: Progress } | { id: number; value: unknown } | { id: number; problem: string }

/** This thread's end of a worker that keeps one long body. Closing it ends what it does, also what it reads. */
export class CodeKeeper {
  private readonly worker = new Worker(new URL('./codeWorker.ts', import.meta.url), { type: 'module' })
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  private asked = 0

  /** `address`: of the payload call, without offset and limit. */
  constructor(address: string, onProgress: (progress: Progress) => void) {
    this.worker.postMessage({ address })
    this.worker.addEventListener('message', ({ data }: MessageEvent<Told>) => ('progress' in data ? onProgress(data.progress) : this.take(data)))
    this.worker.addEventListener('error', (event) => {
      event.preventDefault()
      for (const one of this.waiting.values()) one.reject(new Error('The browser could not keep a body of this size.'))
      this.waiting.clear()
    })
  }

  close(): void {
    this.worker.terminate()
    this.waiting.clear()
  }

  async read(): Promise<void> {
    await this.ask({ kind: 'read' })
  }

  async open(mode: 'pretty' | 'raw'): Promise<CodeDocument> {
    return new KeptDocument(this, (await this.ask({ kind: 'open', mode })) as Opened)
  }

  async items(): Promise<ItemSource> {
    return new KeptItems(this, (await this.ask({ kind: 'items' })) as number)
  }

  ask(ask: Ask): Promise<unknown> {
    this.asked += 1
    const id = this.asked
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ id, ask })
    })
  }

  private take(told: Exclude<Told, { progress: Progress }>): void {
    const waiting = this.waiting.get(told.id)
    this.waiting.delete(told.id)
    if ('problem' in told) waiting?.reject(new Error(told.problem))
    else waiting?.resolve(told.value)
  }
}

const AROUND = 200
const MOST_HERE = 5000

/** A document with a worker: here are the lines around those in sight, and the first. */
class KeptDocument implements CodeDocument {
  readonly count: number
  private readonly first: Line[]
  private readonly here = new Map<number, Line>()

  constructor(
    private readonly keeper: CodeKeeper,
    private readonly opened: Opened,
  ) {
    this.count = opened.count
    this.first = opened.first
  }

  at(index: number): Line | undefined {
    return this.first[index] ?? this.here.get(index)
  }

  bring(from: number, to: number): Promise<void> | null {
    const end = Math.min(to, this.count)
    let missing = from
    while (missing < end && this.at(missing)) missing += 1
    return missing >= end ? null : this.fetch(Math.max(0, from - AROUND), end + AROUND)
  }

  indexOf(path: string): Promise<number> {
    return this.keeper.ask({ kind: 'index', document: this.opened.document, path }).then(Number, () => -1)
  }

  async search(words: string): Promise<ArrayLike<number>> {
    return (await this.keeper.ask({ kind: 'search', document: this.opened.document, words })) as Uint32Array
  }

  async filtered(path: string): Promise<CodeDocument> {
    return new KeptDocument(this.keeper, (await this.keeper.ask({ kind: 'filter', path })) as Opened)
  }

  private async fetch(from: number, to: number): Promise<void> {
    const lines = (await this.keeper.ask({ kind: 'lines', document: this.opened.document, from, to }).catch(() => [])) as Line[]
    if (this.here.size > MOST_HERE) this.here.clear()
    lines.forEach((line, index) => this.here.set(from + index, line))
  }
}

/** A list with a worker: here are the items that were in sight lately. */
class KeptItems implements ItemSource {
  private readonly here = new Map<number, unknown>()

  constructor(
    private readonly keeper: CodeKeeper,
    readonly count: number,
  ) {}

  at(index: number): unknown {
    return this.here.get(index)
  }

  bring(indices: readonly number[]): Promise<void> | null {
    const missing = indices.filter((index) => index < this.count && !this.here.has(index))
    return missing.length > 0 ? this.fetch(missing) : null
  }

  async search(words: string): Promise<ArrayLike<number>> {
    return (await this.keeper.ask({ kind: 'items with', words })) as Uint32Array
  }

  private async fetch(indices: readonly number[]): Promise<void> {
    const texts = (await this.keeper.ask({ kind: 'values', indices }).catch(() => [])) as string[]
    if (this.here.size > MOST_HERE) this.here.clear()
    texts.forEach((text, place) => this.here.set(indices[place] ?? -1, parseExact(text)))
  }
}
