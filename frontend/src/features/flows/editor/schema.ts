import type { Stop } from './context'

/** As much of JSON Schema as flow.schema.json uses. */
export interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  description?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  if?: Schema
  then?: Schema
}

export interface Offer {
  name: string
  description: string
  isRequired: boolean
}

/** Every schema that what stands at the end of `path` may follow. */
export function schemasAt(root: Schema, path: Stop[]): Schema[] {
  const flow = root.$defs?.flow
  if (!flow) return []
  const inside = path[0]?.key === 'flow' ? path.slice(1) : path
  return inside.reduce<Schema[]>((found, stop) => found.flatMap((one) => next(root, one, stop)), [flow])
}

function next(root: Schema, schema: Schema, { key, action }: Stop): Schema[] {
  return branches(root, schema).flatMap((one) => {
    if (key === '*') return one.items ? [one.items] : []
    const config = key === 'config' && action !== undefined ? configOf(one, action) : undefined
    if (config) return [config]
    const property = one.properties && Object.hasOwn(one.properties, key) ? one.properties[key] : undefined
    if (property) return [property]
    return typeof one.additionalProperties === 'object' ? [one.additionalProperties] : []
  })
}

/** A step's config is what its action says (`allOf` of `if action then config`). */
function configOf(step: Schema, action: string): Schema | undefined {
  const rule = step.allOf?.find((one) => one.if?.properties?.action?.enum?.includes(action))
  return rule?.then?.properties?.config
}

/** The schema with its references followed and its alternatives laid beside each other. */
function branches(root: Schema, schema: Schema, depth = 0): Schema[] {
  if (depth > 8) return []
  const target = schema.$ref?.startsWith('#/$defs/') ? root.$defs?.[schema.$ref.slice('#/$defs/'.length)] : undefined
  if (target) return branches(root, target, depth + 1)
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  return [schema, ...alternatives.flatMap((one) => branches(root, one, depth + 1))]
}

export function keysOf(root: Schema, schemas: Schema[]): Offer[] {
  const found = new Map<string, Offer>()
  for (const one of schemas.flatMap((schema) => branches(root, schema))) {
    for (const [name, property] of Object.entries(one.properties ?? {})) {
      if (!found.has(name)) found.set(name, { name, description: describe(root, property), isRequired: one.required?.includes(name) ?? false })
    }
  }
  return [...found.values()]
}

export function valuesOf(root: Schema, schemas: Schema[]): Offer[] {
  const found = new Map<string, Offer>()
  const offer = (value: unknown, description = ''): void => {
    const name = String(value)
    if (!found.has(name)) found.set(name, { name, description, isRequired: false })
  }
  for (const one of schemas.flatMap((schema) => branches(root, schema))) {
    if (one.const !== undefined) offer(one.const, one.description)
    one.enum?.forEach((value) => offer(value))
    if (one.type === 'boolean') [true, false].forEach((value) => offer(value))
  }
  return [...found.values()]
}

export function describe(root: Schema, schema: Schema): string {
  const own = schema.description ?? branches(root, schema).find((one) => one.description)?.description ?? ''
  return schema.default === undefined ? own : `${own}${own ? '. ' : ''}Default: ${JSON.stringify(schema.default)}`
}
