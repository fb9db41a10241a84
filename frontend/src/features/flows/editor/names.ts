import { childOf, flowMapping, flowOf, readTree, type TreeNode, valueOf } from './tree'

export interface Name {
  name: string
  from: string
}

/** What `${…}` may say in this text: its variables, what its steps capture, and the steps themselves. */
export function namesIn(text: string): Name[] {
  const root = readTree(text)
  const found = new Map<string, Name>()
  const add = (name: string | undefined, from: string): void => {
    if (name && /^[A-Za-z_][\w-]*$/.test(name) && !found.has(name)) found.set(name, { name, from })
  }
  for (const key of keysOf(childOf(flowOf(root), 'env'))) add(key, 'variable of the flow')
  const walk = (node: TreeNode): void => {
    if (node.kind === 'item') {
      const id = valueOf(node, 'id')
      const isStep = valueOf(node, 'action') !== undefined
      if (isStep) add(id, 'result of the step')
      for (const key of outputsOf(node)) add(key, `captured by ${id ?? 'a step'}`)
      const config = childOf(node, 'config')
      for (const key of ['item_name', 'index_name'] as const) add(config && valueOf(config, key), 'of the loop')
    }
    node.children.forEach(walk)
  }
  walk(root)
  return [...found.values()]
}

function keysOf(node: TreeNode | undefined): string[] {
  if (!node) return []
  return [...node.children.filter((one) => one.kind === 'entry').map((one) => one.key), ...flowMapping(node.value).keys()]
}

function outputsOf(step: TreeNode): string[] {
  const written = childOf(step, 'output')
  return written ? keysOf(written) : [...flowMapping(flowMapping(step.value).get('output') ?? '').keys()]
}
