/** What can be copied about a value in a body, in the words of the flow language. Pure. */

import type { NodeAction } from '@/ui/CodeMenu'
import { type Line, valueText } from '@/ui/jsonLines'

const MASK = '‹secret'

/** `root`: what the body is called in an expression; empty when its members stand by their own names. */
export function nodeActions(lines: readonly Line[], index: number, root: string): NodeAction[] {
  const line = lines[index]
  if (!line?.path) return []
  const expression = expressionOf(line.path, root)
  return [
    { label: 'Copy path', text: () => expression },
    { label: 'Copy JSONPath', text: () => jsonPathOf(line.path, root) },
    ...(line.begins === null ? [] : [{ label: 'Copy value', text: () => valueText(lines, index) }]),
    { label: 'Copy an assertion', text: () => assertionOf(lines, index, expression) },
    { label: 'Copy an extraction', text: () => `${nameOf(line.path)}: ${jsonPathOf(line.path, root)}` },
    { label: 'Copy a link to it', text: () => location.href },
  ]
}

/** The same for a line whose others are kept elsewhere: what needs all of the value is left out. */
export function lineActions(line: Line | undefined, root: string): NodeAction[] {
  const actions = line ? nodeActions([line], 0, root) : []
  const needed = line?.left !== undefined ? ['Copy value', 'Copy an assertion'] : line?.begins === 'scalar' ? [] : ['Copy value']
  return actions.filter((one) => !needed.includes(one.label))
}

export function expressionOf(path: string, root: string): string {
  const rest = path.slice(1)
  if (root) return root + rest
  if (rest === '') return 'result'
  return rest.startsWith('.') ? rest.slice(1) : `result${rest}`
}

/** A JSONPath is over the body when there is one, else over the result. */
function jsonPathOf(path: string, root: string): string {
  return root === '' || root === 'body' ? path : `$.${root}${path.slice(1)}`
}

function assertionOf(lines: readonly Line[], index: number, expression: string): string {
  const begins = lines[index]?.begins
  if (begins === 'list') return `${expression} is array`
  if (begins === 'object') return `${expression} is object`
  const value = valueText(lines, index)
  if (value.includes(MASK)) return `${expression} exists`
  return value === 'null' ? `${expression} is null` : `${expression} == ${value}`
}

function nameOf(path: string): string {
  const words = path.match(/[A-Za-z_]\w*/g)
  return words?.at(-1) ?? 'value'
}
