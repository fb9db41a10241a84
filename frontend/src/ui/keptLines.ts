import { closingLine, isOpen, type Line, lineText, memberAt, namesOf, onlyLine, openingLine, type Placed, rootAt, visitLines } from './jsonLines'
import type { Finding } from './jsonQuery'

/** Lines of something large: none is made before it is asked for, so that millions of them take little room. */
export interface KeptLines {
  readonly count: number
  at: (index: number) => Line | undefined
  indexOf: (path: string) => number
  search: (words: string) => Uint32Array<ArrayBuffer>
}

/** Of a list or an object: its names, and after each member the number of lines up to there, its own first included. */
interface Measure {
  names: string[] | null
  ends: Uint32Array
}

class LineTree {
  readonly count: number
  private readonly root: Placed
  private readonly measures = new Map<unknown, Measure>()

  constructor({ path, value }: Finding) {
    this.root = rootAt(path, value)
    this.count = this.measured(value, 0)
  }

  at(index: number): Line {
    let [placed, left] = [this.root, index]
    for (;;) {
      const measure = this.measures.get(placed.value)
      if (!measure) return onlyLine(placed)
      if (left === 0) return openingLine(placed)
      const member = firstAbove(measure.ends, left)
      if (member === measure.ends.length) return closingLine(placed)
      left -= member === 0 ? 1 : (measure.ends[member - 1] ?? 0)
      placed = memberAt(placed, measure.names, member, measure.ends.length)
    }
  }

  visit(each: (line: Line) => void): void {
    visitLines(this.root, each)
  }

  private measured(value: unknown, indent: number): number {
    if (!isOpen(value, indent)) return 1
    const names = namesOf(value)
    const members: unknown[] = names ? names.map((name) => (value as Record<string, unknown>)[name]) : (value as unknown[])
    const ends = new Uint32Array(members.length)
    let lines = 1
    members.forEach((one, index) => {
      lines += this.measured(one, indent + 1)
      ends[index] = lines
    })
    this.measures.set(value, { names, ends })
    return lines + 1
  }
}

/** JSON values, one below the other. */
export class JsonKept implements KeptLines {
  readonly count: number
  private readonly trees: LineTree[]
  private readonly ends: Uint32Array

  constructor(found: readonly Finding[]) {
    this.trees = found.map((one) => new LineTree(one))
    this.ends = new Uint32Array(this.trees.length)
    let lines = 0
    this.trees.forEach((tree, index) => {
      lines += tree.count
      this.ends[index] = lines
    })
    this.count = lines
  }

  at(index: number): Line | undefined {
    const which = firstAbove(this.ends, index)
    return this.trees[which]?.at(index - (which === 0 ? 0 : (this.ends[which - 1] ?? 0)))
  }

  indexOf(path: string): number {
    return this.where((line) => line.path === path)[0] ?? -1
  }

  search(words: string): Uint32Array<ArrayBuffer> {
    const wanted = words.toLowerCase()
    return Uint32Array.from(this.where((line) => lineText(line).toLowerCase().includes(wanted)))
  }

  private where(holds: (line: Line) => boolean): number[] {
    const found: number[] = []
    let index = 0
    for (const tree of this.trees) {
      tree.visit((line) => {
        if (holds(line)) found.push(index)
        index += 1
      })
    }
    return found
  }
}

const LONGEST_TEXT = 2000

/** Text; what has no end of a line for long is broken, or nothing could draw it. */
export class TextKept implements KeptLines {
  private readonly starts: number[] = []

  constructor(private readonly text: string) {
    for (let from = 0; from <= text.length; ) {
      this.starts.push(from)
      const end = text.indexOf('\n', from)
      const line = end < 0 ? text.length : end
      from = line - from > LONGEST_TEXT ? whole(text, from + LONGEST_TEXT) : line + 1
    }
  }

  get count(): number {
    return this.starts.length
  }

  at(index: number): Line | undefined {
    return index < this.count ? { indent: 0, parts: [{ kind: 'sign', text: this.lineAt(index) }], path: '', begins: null } : undefined
  }

  indexOf(): number {
    return -1
  }

  search(words: string): Uint32Array<ArrayBuffer> {
    const wanted = words.toLowerCase()
    const found: number[] = []
    for (let index = 0; index < this.count; index += 1) {
      // A word may stand across a break: a line is searched with the beginning of the next.
      const start = this.starts[index] ?? 0
      const line = this.lineAt(index)
      const isBroken = this.text[start + line.length] !== '\n'
      const searched = isBroken ? this.text.slice(start, start + line.length + words.length - 1) : line
      if (searched.toLowerCase().includes(wanted)) found.push(index)
    }
    return Uint32Array.from(found)
  }

  private lineAt(index: number): string {
    const line = this.text.slice(this.starts[index], this.starts[index + 1] ?? this.text.length)
    return line.endsWith('\n') ? line.slice(0, -1) : line
  }
}

/** Not between the halves of a character. */
function whole(text: string, at: number): number {
  const code = text.charCodeAt(at - 1)
  return code >= 0xd800 && code < 0xdc00 ? at - 1 : at
}

/** The first place whose number is above this one. */
function firstAbove(ends: Uint32Array, wanted: number): number {
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ends[middle] ?? 0) > wanted) high = middle
    else low = middle + 1
  }
  return low
}
