import { ExactNumber } from '@/lib/exactJson'

/** JSON as lines, each knowing the path of the value it shows. Depth is capped, so that nothing runs out of stack. */

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
  /** What begins here; null on a closing bracket, and in plain text. */
  begins: 'scalar' | 'list' | 'object' | null
}

const DEEPEST = 200
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/

export function jsonLines(value: unknown, path = '$'): Line[] {
  const lines: Line[] = []
  write(lines, value, [], path, 0, '')
  return lines
}

function write(lines: Line[], value: unknown, before: Part[], path: string, indent: number, after: string): void {
  const end: Part[] = after ? [{ kind: 'sign', text: after }] : []
  if (value === null || typeof value !== 'object' || value instanceof ExactNumber) {
    lines.push({ indent, parts: [...before, scalar(value), ...end], path, begins: 'scalar' })
    return
  }
  const isList = Array.isArray(value)
  const begins = isList ? 'list' : 'object'
  const entries: [string, unknown][] = isList ? value.map((one, index) => [String(index), one]) : Object.entries(value)
  const [opening, closing] = isList ? ['[', ']'] : ['{', '}']
  if (entries.length === 0 || indent >= DEEPEST) {
    const inside = entries.length ? `${opening} … ${closing}` : `${opening}${closing}`
    lines.push({ indent, parts: [...before, { kind: 'sign', text: inside }, ...end], path, begins })
    return
  }
  lines.push({ indent, parts: [...before, { kind: 'sign', text: opening }], path, begins })
  entries.forEach(([name, one], index) => {
    const key: Part[] = isList ? [] : [{ kind: 'key', text: JSON.stringify(name) }, { kind: 'sign', text: ': ' }]
    write(lines, one, key, `${path}${isList ? `[${name}]` : stepOf(name)}`, indent + 1, index < entries.length - 1 ? ',' : '')
  })
  lines.push({ indent, parts: [{ kind: 'sign', text: closing }, ...end], path, begins: null })
}

function scalar(value: unknown): Part {
  if (typeof value === 'string') return { kind: 'string', text: JSON.stringify(value) }
  if (typeof value === 'number') return { kind: 'numeral', text: String(value) }
  if (value instanceof ExactNumber) return { kind: 'numeral', text: value.text }
  return { kind: 'word', text: String(value) }
}

/** A member as a step of a JSONPath. */
export function stepOf(name: string): string {
  return PLAIN_NAME.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

/** Text as lines, so that both look the same. */
export function textLines(text: string): Line[] {
  return text.split('\n').map((line) => ({ indent: 0, parts: [{ kind: 'sign', text: line }], path: '', begins: null }))
}

export function lineText(line: Line): string {
  return line.parts.map((part) => part.text).join('')
}

/** The JSON text of the value that begins at a line; of a member without its name. */
export function valueText(lines: readonly Line[], at: number): string {
  const first = lines[at]
  if (!first) return ''
  const own = first.parts.filter((part, index) => part.kind !== 'key' && !(part.text === ': ' && first.parts[index - 1]?.kind === 'key'))
  const head = own.map((part) => part.text).join('')
  if (first.begins === 'scalar' || /[\]}],?$/.test(head)) return head.replace(/,$/, '')
  const end = lines.findIndex((line, index) => index > at && line.indent === first.indent && line.begins === null)
  const rest = lines.slice(at + 1, end + 1).map((line) => '  '.repeat(line.indent - first.indent) + lineText(line))
  return [head, ...rest].join('\n').replace(/,$/, '')
}
