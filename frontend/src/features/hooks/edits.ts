/** The form of a hook as it is typed, and the order it makes. Pure. */

import type { Hook, HookIn } from './api'

export interface PathEdit {
  key: string
  name: string
  path: string
}

export interface Edits {
  name: string
  flow: string
  environment: string
  perMinute: number
  paths: PathEdit[]
}

export function editsOf(hook: Hook | undefined): Edits {
  return {
    name: hook?.name ?? '',
    flow: hook?.flow ?? '',
    environment: hook?.environment ?? '',
    perMinute: hook?.per_minute ?? 60,
    paths: Object.entries(hook?.variables ?? {}).map(([name, path]) => ({ key: name, name, path })),
  }
}

/** Rows without a name and a path are left out; labels stay as they were. */
export function orderOf(edits: Edits, labels: Record<string, string>): HookIn {
  const rows = edits.paths.filter((row) => row.name.trim() || row.path.trim())
  return {
    name: edits.name,
    flow: edits.flow,
    environment: edits.environment || null,
    per_minute: edits.perMinute,
    variables: Object.fromEntries(rows.map((row) => [row.name.trim(), row.path.trim()])),
    labels,
  }
}
