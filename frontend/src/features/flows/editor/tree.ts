/**
 * A flow's text as a tree of keys and list items, read by indentation alone.
 *
 * It has no errors: whoever types has broken YAML most of the time, and wants completion and an outline all the same.
 * What is right and wrong says the server (`POST /flows/check`), which runs the language itself.
 */

export interface TreeNode {
  kind: 'root' | 'entry' | 'item'
  /** Of the key, or of the dash; counted from 0. */
  line: number
  column: number
  key: string
  /** What stands behind it on its line; of a flow collection also the lines that follow. */
  value: string
  valueColumn: number
  parent: TreeNode | null
  children: TreeNode[]
}

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s"'{}[\]#,&*!|>%@`][^:]*?))\s*:(?=\s|$)\s*/
const BLOCK_SCALAR = /^[|>][+-]?\d?[+-]?\s*(?:#.*)?$/

export function readTree(text: string): TreeNode {
  const root: TreeNode = { kind: 'root', line: -1, column: -1, key: '', value: '', valueColumn: 0, parent: null, children: [] }
  const reader = new Reader(root)
  text.split('\n').forEach((line, number) => reader.take(line, number))
  return root
}

class Reader {
  private readonly stack: TreeNode[]
  /** Lines that are further in than this belong to a block scalar. */
  private scalarColumn: number | null = null
  private open: TreeNode | null = null

  constructor(root: TreeNode) {
    this.stack = [root]
  }

  take(line: string, number: number): void {
    const indent = line.length - line.trimStart().length
    const rest = line.trim()
    if (this.scalarColumn !== null) {
      if (!rest || indent > this.scalarColumn) return
      this.scalarColumn = null
    }
    if (!rest || rest.startsWith('#')) return
    if (this.open) {
      this.open.value += ` ${rest}`
      if (depthOf(this.open.value) <= 0) this.open = null
      return
    }
    this.takeContent(line.trimEnd(), indent, number)
  }

  private takeContent(line: string, indent: number, number: number): void {
    let column = indent
    let rest = line.slice(column)
    let last: TreeNode | null = null
    while (rest === '-' || rest.startsWith('- ')) {
      last = this.add({ kind: 'item', key: '', column, line: number })
      const skipped = 1 + (rest.length - 1 - rest.slice(1).trimStart().length)
      column += skipped
      rest = line.slice(column)
    }
    const key = KEY.exec(rest)
    if (key) {
      last = this.add({ kind: 'entry', key: key[1] ?? key[2] ?? key[3] ?? '', column, line: number })
      column += key[0].length
      rest = line.slice(column)
    }
    if (!last) return
    last.value = rest
    last.valueColumn = column
    if (BLOCK_SCALAR.test(rest)) this.scalarColumn = last.column
    else if (/^[{[]/.test(rest) && depthOf(rest) > 0) this.open = last
  }

  private add(made: Pick<TreeNode, 'kind' | 'key' | 'column' | 'line'>): TreeNode {
    const isOutside = (node: TreeNode): boolean =>
      node.column > made.column || (node.column === made.column && (made.kind === 'entry' || node.kind === 'item'))
    while (this.stack.length > 1 && isOutside(this.top())) this.stack.pop()
    const parent = this.top()
    const node: TreeNode = { ...made, value: '', valueColumn: made.column, parent, children: [] }
    parent.children.push(node)
    this.stack.push(node)
    return node
  }

  private top(): TreeNode {
    const top = this.stack.at(-1)
    if (!top) throw new Error('the root is never popped')
    return top
  }
}

/** How many brackets of a flow collection are still open. */
function depthOf(text: string): number {
  let depth = 0
  for (const token of tokens(text)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
  }
  return depth
}

const TOKEN = /"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|\$\{[^}]*\}?|\{\{[^}]*\}?\}?|[{}[\],]|[^"'{}[\],$]+|\$/g

export function tokens(flow: string): string[] {
  return flow.match(TOKEN) ?? []
}

/** The values of a flow mapping such as `{id: pay, action: log, config: {…}}`, as they are written. */
export function flowMapping(text: string): Map<string, string> {
  const found = new Map<string, string>()
  if (!text.startsWith('{')) return found
  let depth = 0
  let part = ''
  const close = (): void => {
    const key = KEY.exec(part.trim())
    if (key) found.set(key[1] ?? key[2] ?? key[3] ?? '', part.trim().slice(key[0].length))
    part = ''
  }
  for (const token of tokens(text)) {
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth === 0) break
    if (depth === 1 && token === ',') close()
    else if (!(depth === 1 && token === '{' && !part)) part += token
  }
  close()
  return found
}

/** What an entry of this mapping says, whether it stands on lines of its own or in braces. */
export function valueOf(node: TreeNode, key: string): string | undefined {
  const child = node.children.find((one) => one.kind === 'entry' && one.key === key)
  return unquoted(child ? child.value : flowMapping(node.value).get(key))
}

export function childOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.children.find((one) => one.kind === 'entry' && one.key === key)
}

function unquoted(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const plain = text.replace(/\s+#.*$/, '').trim()
  return /^(["']).*\1$/.test(plain) ? plain.slice(1, -1) : plain
}

/** The mapping that is the flow: under `flow:`, or the whole document. */
export function flowOf(root: TreeNode): TreeNode {
  return childOf(root, 'flow') ?? root
}
