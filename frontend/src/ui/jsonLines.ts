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
  /** How many characters of it were left where it is kept. */
  left?: number
}

const DEEPEST = 200
/** Characters of a line that are drawn at once. */
export const LONGEST_LINE = 5000
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/

/** A value in its place: what stands before it in its line, and after it. */
export interface Placed {
  value: unknown
  before: Part[]
  path: string
  indent: number
  after: string
}

export function rootAt(path: string, value: unknown): Placed {
  return { value, before: [], path, indent: 0, after: '' }
}

export function jsonLines(value: unknown, path = '$'): Line[] {
  const lines: Line[] = []
  visitLines(rootAt(path, value), (line) => lines.push(line))
  return lines
}

export function visitLines(placed: Placed, each: (line: Line) => void): void {
  const { value, indent } = placed
  if (!isOpen(value, indent)) {
    each(onlyLine(placed))
    return
  }
  const names = namesOf(value)
  const length = names?.length ?? (value as unknown[]).length
  each(openingLine(placed))
  for (let index = 0; index < length; index += 1) visitLines(memberAt(placed, names, index, length), each)
  each(closingLine(placed))
}

/** Whether a value takes more than one line. */
export function isOpen(value: unknown, indent: number): value is object {
  return isContainer(value) && indent < DEEPEST && (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0)
}

/** Of an object; a list has none. */
export function namesOf(value: object): string[] | null {
  return Array.isArray(value) ? null : Object.keys(value)
}

export function memberAt(placed: Placed, names: string[] | null, index: number, length: number): Placed {
  const name = names?.[index]
  return {
    value: name === undefined ? (placed.value as unknown[])[index] : (placed.value as Record<string, unknown>)[name],
    before: name === undefined ? [] : [{ kind: 'key', text: quoted(name) }, { kind: 'sign', text: ': ' }],
    path: placed.path + (name === undefined ? `[${index}]` : stepOf(name)),
    indent: placed.indent + 1,
    after: index < length - 1 ? ',' : '',
  }
}

export function onlyLine({ value, before, path, indent, after }: Placed): Line {
  if (!isContainer(value)) return { indent, parts: [...before, scalar(value), ...sign(after)], path, begins: 'scalar' }
  const [opening, closing] = bracketsOf(value)
  const isEmpty = Object.keys(value).length === 0
  return { indent, parts: [...before, ...sign(isEmpty ? opening + closing : `${opening} … ${closing}`), ...sign(after)], path, begins: kindOf(value) }
}

export function openingLine({ value, before, path, indent }: Placed): Line {
  return { indent, parts: [...before, ...sign(bracketsOf(value)[0])], path, begins: kindOf(value) }
}

export function closingLine({ value, path, indent, after }: Placed): Line {
  return { indent, parts: [...sign(bracketsOf(value)[1]), ...sign(after)], path, begins: null }
}

function isContainer(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !(value instanceof ExactNumber)
}

function kindOf(value: unknown): 'list' | 'object' {
  return Array.isArray(value) ? 'list' : 'object'
}

function bracketsOf(value: unknown): [string, string] {
  return Array.isArray(value) ? ['[', ']'] : ['{', '}']
}

function sign(text: string): Part[] {
  return text ? [{ kind: 'sign', text }] : []
}

function scalar(value: unknown): Part {
  if (typeof value === 'string') return { kind: 'string', text: quoted(value) }
  if (typeof value === 'number') return { kind: 'numeral', text: String(value) }
  if (value instanceof ExactNumber) return { kind: 'numeral', text: value.text }
  return { kind: 'word', text: String(value) }
}

/** Marks that turn the direction of what follows: seen as what they are, or they would reorder the text around them. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(TURNS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
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
