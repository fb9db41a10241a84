import { flowMapping, readTree, type TreeNode, tokens, valueOf } from './tree'

/** One key on the way to the cursor; `action` is what the mapping it stands in does, if that is a step. */
export interface Stop {
  key: string
  action: string | undefined
}

export interface Context {
  /** From the top to the mapping or value at the cursor; `*` is an item of a list. */
  path: Stop[]
  wants: 'key' | 'value'
  /** Keys that the mapping has already. */
  taken: Set<string>
  /** The action of the mapping at the cursor, if it is a step. */
  action: string | undefined
  /** What is typed already, and where on its line it begins. */
  word: string
  column: number
  /** Whether the cursor is inside `${…}` or `{{…}}`. */
  isTemplate: boolean
}

const CURSOR = '__cursor__'
const WORD = /[\w.$-]*$/
const TEMPLATE = /\$\{[^}]*$|\{\{[^}]*$/

/** Where in a flow the cursor is. `line` and `column` count from 0. */
export function contextAt(text: string, line: number, column: number): Context {
  const lines = text.split('\n')
  const before = (lines[line] ?? '').slice(0, column)
  const word = WORD.exec(before)?.[0] ?? ''
  const place = { word, column: column - word.length, isTemplate: TEMPLATE.test(before) }
  const node = nodeAtCursor(lines, line, before)
  if (!node) return { path: [], wants: 'key', taken: new Set(), action: undefined, ...place }
  if (node.kind === 'entry' && node.key !== CURSOR) return inValue(node, before.slice(node.valueColumn), place)
  if (node.kind === 'item') {
    const written = before.slice(node.valueColumn)
    return /^[{[]/.test(written) ? inFlow(written, pathOf(node), node, place) : { path: pathOf(node), wants: 'value', taken: new Set(), action: undefined, ...place }
  }
  const mapping = node.parent
  return {
    path: mapping ? pathOf(mapping) : [],
    wants: 'key',
    taken: takenIn(mapping),
    action: mapping ? valueOf(mapping, 'action') : undefined,
    ...place,
  }
}

type Place = Pick<Context, 'word' | 'column' | 'isTemplate'>

/** The tree with the cursor's line as far as it is typed; where only a word stands there, as a key. */
function nodeAtCursor(lines: string[], line: number, before: string): TreeNode | undefined {
  const bare = /^(\s*(?:- +)*)([\w.$-]*)$/.exec(before)
  const typed = bare ? `${bare[1] ?? ''}${CURSOR}:` : before
  const root = readTree([...lines.slice(0, line), typed, ...lines.slice(line + 1)].join('\n'))
  return lastOn(root, line)
}

function lastOn(node: TreeNode, line: number): TreeNode | undefined {
  let found: TreeNode | undefined
  for (const child of node.children) {
    if (child.line > line) break
    found = lastOn(child, line) ?? (child.line === line ? child : found)
  }
  return found
}

function inValue(node: TreeNode, written: string, place: Place): Context {
  if (/^[{[]/.test(written)) return inFlow(written, pathOf(node), node, place)
  return { path: pathOf(node), wants: 'value', taken: new Set(), action: undefined, ...place }
}

/** Inside braces or brackets on one line. */
function inFlow(written: string, path: Stop[], node: TreeNode, place: Place): Context {
  const open: { isMap: boolean; key: string; from: number }[] = []
  let at = 0
  let part = ''
  for (const token of tokens(written)) {
    at += token.length
    const top = open.at(-1)
    if (token === '{' || token === '[') {
      if (top?.isMap) top.key = keyOf(part)
      open.push({ isMap: token === '{', key: '', from: at - 1 })
      part = ''
    } else if (token === '}' || token === ']') {
      open.pop()
      part = ''
    } else if (token === ',') {
      part = ''
    } else part += token
  }
  const stops = [...path]
  open.forEach((one, index) => {
    const action = one.isMap ? flowMapping(`${written.slice(one.from)}}`).get('action')?.trim() : undefined
    const isLast = index === open.length - 1
    if (!one.isMap) stops.push({ key: '*', action: undefined })
    else if (!isLast) stops.push({ key: one.key, action: action ?? (index === 0 ? actionAround(node) : undefined) })
  })
  const top = open.at(-1)
  if (!top?.isMap) return { path: stops, wants: 'value', taken: new Set(), action: undefined, ...place }
  const mapping = flowMapping(`${written.slice(top.from)}}`)
  const key = /:(?:\s|$)/.test(part) ? keyOf(part) : ''
  const action = mapping.get('action')?.trim()
  if (key) return { path: [...stops, { key, action }], wants: 'value', taken: new Set(), action, ...place }
  return { path: stops, wants: 'key', taken: new Set(mapping.keys()), action, ...place }
}

function actionAround(node: TreeNode): string | undefined {
  return node.kind === 'item' ? valueOf(node, 'action') : undefined
}

function keyOf(part: string): string {
  return part.split(':')[0]?.trim() ?? ''
}

function pathOf(node: TreeNode): Stop[] {
  if (!node.parent) return []
  const stop: Stop = node.kind === 'item' ? { key: '*', action: undefined } : { key: node.key, action: valueOf(node.parent, 'action') }
  return [...pathOf(node.parent), stop]
}

function takenIn(mapping: TreeNode | null): Set<string> {
  return new Set((mapping?.children ?? []).filter((one) => one.kind === 'entry' && one.key !== CURSOR).map((one) => one.key))
}
