import { ExactNumber } from '@/lib/exactJson'

/** JSON as lines, each knowing the path of the value it shows. Made without recursion limits in mind: depth is capped. */

export type PartKind = 'key' | 'string' | 'numeral' | 'word' | 'sign'

export interface Part {
  kind: PartKind
  text: string
}

export interface Line {
  indent: number
  parts: Part[]
  /** JSONPath of the value that begins here; closing brackets have that of their opening. */
  path: string
}

const DEEPEST = 200
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/

export function jsonLines(value: unknown): Line[] {
  const lines: Line[] = []
  write(lines, value, [], '$', 0, '')
  return lines
}

function write(lines: Line[], value: unknown, before: Part[], path: string, indent: number, after: string): void {
  const end: Part[] = after ? [{ kind: 'sign', text: after }] : []
  if (value === null || typeof value !== 'object' || value instanceof ExactNumber) {
    lines.push({ indent, parts: [...before, scalar(value), ...end], path })
    return
  }
  const isList = Array.isArray(value)
  const entries: [string, unknown][] = isList ? value.map((one, index) => [String(index), one]) : Object.entries(value)
  const [opening, closing] = isList ? ['[', ']'] : ['{', '}']
  if (entries.length === 0 || indent >= DEEPEST) {
    const inside = entries.length ? `${opening} … ${closing}` : `${opening}${closing}`
    lines.push({ indent, parts: [...before, { kind: 'sign', text: inside }, ...end], path })
    return
  }
  lines.push({ indent, parts: [...before, { kind: 'sign', text: opening }], path })
  entries.forEach(([name, one], index) => {
    const key: Part[] = isList ? [] : [{ kind: 'key', text: JSON.stringify(name) }, { kind: 'sign', text: ': ' }]
    write(lines, one, key, `${path}${isList ? `[${name}]` : step(name)}`, indent + 1, index < entries.length - 1 ? ',' : '')
  })
  lines.push({ indent, parts: [{ kind: 'sign', text: closing }, ...end], path })
}

function scalar(value: unknown): Part {
  if (typeof value === 'string') return { kind: 'string', text: JSON.stringify(value) }
  if (typeof value === 'number') return { kind: 'numeral', text: String(value) }
  if (value instanceof ExactNumber) return { kind: 'numeral', text: value.text }
  return { kind: 'word', text: String(value) }
}

function step(name: string): string {
  return PLAIN_NAME.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

/** Text as lines, so that both look the same. */
export function textLines(text: string): Line[] {
  return text.split('\n').map((line) => ({ indent: 0, parts: [{ kind: 'sign', text: line }], path: '' }))
}
