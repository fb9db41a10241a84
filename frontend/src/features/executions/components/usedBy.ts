import type { Variable } from '../api/variables'

const NAMED = 3

/** `cancel_order and 3 not reached` */
export function usedBy({ used_by: users, not_reached: missed }: Pick<Variable, 'used_by' | 'not_reached'>): string {
  const names = users.slice(0, NAMED).map((path) => path.split('/').at(-1) ?? path)
  if (users.length > NAMED) names.push(`${users.length - NAMED} more`)
  if (missed.length > 0) names.push(`${missed.length} not reached`)
  if (names.length === 0) return 'nobody'
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}
