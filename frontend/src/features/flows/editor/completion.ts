import { type Context, contextAt } from './context'
import { namesIn } from './names'
import { describe, keysOf, type Offer, type Schema, schemasAt, valuesOf } from './schema'

/** What the language and the chosen environment know. */
export interface Vocabulary {
  schema: Schema
  builtins: string[]
  functions: string[]
  environment: string[]
}

export interface Choice {
  label: string
  detail: string
  kind: 'key' | 'value' | 'name' | 'function'
  /** Typed instead of the label. */
  insert?: string
}

export interface Choices {
  column: number
  choices: Choice[]
}

const EXPRESSIONS = new Set(['assert', 'assert_any', 'assert_none', 'run_condition', 'when', 'retry_on', 'retry_on_not', 'condition', 'match', 'filter', 'assertions', 'expression'])

/** What may be typed at a place. `line` and `column` count from 0. */
export function choicesAt(text: string, line: number, column: number, known: Vocabulary): Choices {
  const context = contextAt(text, line, column)
  if (context.isTemplate) return { column: nameColumn(context), choices: names(text, known) }
  const schemas = schemasAt(known.schema, context.path)
  if (context.wants === 'key') {
    const isTop = context.path.length === 0 && !context.taken.has('flow') && context.taken.size === 0
    const top: Choice[] = isTop ? [{ label: 'flow', detail: 'the flow', kind: 'key', insert: 'flow:' }] : []
    const keys = keysOf(known.schema, schemas).filter((one) => !context.taken.has(one.name)).map(keyChoice)
    return { column: context.column, choices: [...top, ...keys, ...(isExpression(context) ? names(text, known) : [])] }
  }
  const values = valuesOf(known.schema, schemas).map((one): Choice => ({ label: one.name, detail: one.description, kind: 'value' }))
  if (values.length > 0) return { column: context.column, choices: values }
  return isExpression(context) ? { column: nameColumn(context), choices: names(text, known) } : { column: context.column, choices: [] }
}

/** What the key or value at a place means; empty where nothing is known of it. */
export function meaningAt(text: string, line: number, column: number, schema: Schema): string {
  const whole = text.split('\n')[line] ?? ''
  const end = column + (/^[\w.-]*/.exec(whole.slice(column))?.[0].length ?? 0)
  const begin = column - (/[\w.-]*$/.exec(whole.slice(0, column))?.[0].length ?? 0)
  const word = whole.slice(begin, end)
  if (!word) return ''
  const context = contextAt(text, line, end)
  const schemas = schemasAt(schema, context.path)
  const isKey = context.wants === 'key' && /^["']?\s*:/.test(whole.slice(end))
  if (isKey) {
    return schemasAt(schema, [...context.path, { key: word, action: context.action }]).map((one) => describe(schema, one)).find(Boolean) ?? ''
  }
  return context.wants === 'value' ? (valuesOf(schema, schemas).find((one) => one.name === word)?.description ?? '') : ''
}

function keyChoice({ name, description, isRequired }: Offer): Choice {
  return { label: name, detail: isRequired ? `${description} (needed)` : description, kind: 'key', insert: `${name}:` }
}

function names(text: string, known: Vocabulary): Choice[] {
  const name = (label: string, detail: string): Choice => ({ label, detail, kind: 'name' })
  const own = namesIn(text).map((one) => name(one.name, one.from))
  const has = new Set(own.map((one) => one.label))
  return [
    ...own,
    ...known.environment.filter((one) => !has.has(one)).map((one) => name(one, 'of the environment')),
    ...known.builtins.map((one) => name(one, 'built in')),
    ...known.functions.map((one): Choice => ({ label: one, detail: 'function', kind: 'function', insert: `${one}(` })),
  ]
}

function isExpression({ path }: Context): boolean {
  const last = path.at(-1)?.key
  return EXPRESSIONS.has(last ?? '') || (last === '*' && EXPRESSIONS.has(path.at(-2)?.key ?? ''))
}

/** Names begin after the last sign that is no part of one. */
function nameColumn(context: Context): number {
  const own = /[\w$]*$/.exec(context.word)?.[0] ?? ''
  return context.column + context.word.length - own.length
}
