import { childOf, flowMapping, flowOf, readTree, type TreeNode, tokens, valueOf } from './tree'

export const SECTIONS = ['setup', 'steps', 'teardown'] as const
export type Section = (typeof SECTIONS)[number]

export interface OutlineStep {
  section: Section
  id: string
  action: string
  /** Counted from 1. */
  line: number
  depth: number
}

const GROUPS = ['then', 'else', 'steps', 'branches'] as const
const DEEPEST = 10

/** The steps of a text in its order, those inside others one level further in. */
export function outlineOf(text: string): OutlineStep[] {
  const flow = flowOf(readTree(text))
  return SECTIONS.flatMap((section) => stepsIn(childOf(flow, section), section, 0))
}

function stepsIn(list: TreeNode | undefined, section: Section, depth: number): OutlineStep[] {
  if (!list || depth > DEEPEST) return []
  const items = list.children.filter((one) => one.kind === 'item')
  if (items.length === 0 && list.value.startsWith('[')) return inBrackets(list, section, depth)
  return items.flatMap((item, index) => {
    const step: OutlineStep = {
      section,
      id: valueOf(item, 'id') ?? valueOf(item, 'name') ?? `step_${index + 1}`,
      action: valueOf(item, 'action') ?? '',
      line: item.line + 1,
      depth,
    }
    const config = childOf(item, 'config')
    const inside = GROUPS.flatMap((group) => stepsIn(childOf(config, group), section, depth + 1))
    return [step, ...inside, ...stepsIn(childOf(item, 'error_steps'), section, depth + 1)]
  })
}

/** `steps: [{id: a, action: log}]`: all on the line of the list. */
function inBrackets(list: TreeNode, section: Section, depth: number): OutlineStep[] {
  const found: OutlineStep[] = []
  let open = 0
  let part = ''
  for (const token of tokens(list.value.slice(1))) {
    if (token === '{') open += 1
    if (open > 0) part += token
    if (token === '}' && --open === 0) {
      const fields = flowMapping(part)
      found.push({ section, id: fields.get('id') ?? `step_${found.length + 1}`, action: fields.get('action') ?? '', line: list.line + 1, depth })
      part = ''
    }
  }
  return found
}

/** How many steps a section has itself, those inside others not counted. */
export function countIn(outline: OutlineStep[], section: Section): number {
  return outline.filter((step) => step.section === section && step.depth === 0).length
}

/** The step a line belongs to: the last one that begins at or before it. */
export function stepAt(outline: OutlineStep[], line: number): OutlineStep | undefined {
  return outline.filter((step) => step.line <= line).sort((one, other) => one.line - other.line).at(-1)
}

const SHORT: Record<string, string> = {
  http_request: 'http', database_query: 'sql', kafka_producer: 'kafka', kafka_consumer: 'kafka', redis_get: 'redis', redis_set: 'redis',
  'redis.del': 'redis', 'redis.exists': 'redis', grpc_call: 'grpc', grpc_stream: 'grpc',
}

export function shortAction(action: string): string {
  return Object.hasOwn(SHORT, action) ? (SHORT[action] ?? action) : action
}
