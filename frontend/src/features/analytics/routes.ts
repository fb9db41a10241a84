/** Routes as segments: what a person marks as varying, and what that makes of the address. */

export const HOLE = '{}'

export function segmentsOf(route: string): string[] {
  return route.split('/').filter(Boolean)
}

/** A route with nothing but places that vary already takes in all there is. */
export function canMerge(route: string): boolean {
  return segmentsOf(route).some((segment) => segment !== HOLE)
}

/** The route with holes at the marked segments. */
export function patternOf(route: string, varies: ReadonlySet<number>): string {
  return `/${segmentsOf(route)
    .map((segment, at) => (varies.has(at) ? HOLE : segment))
    .join('/')}`
}

/** One usually means the last part that is a word: `/products/tea`, not `/{}/tea`. */
export function variesAtFirst(route: string): ReadonlySet<number> {
  const segments = segmentsOf(route)
  const holes = segments.flatMap((segment, at) => (segment === HOLE ? [at] : []))
  const last = segments.findLastIndex((segment) => segment !== HOLE)
  return new Set(last > 0 || segments.length === 1 ? [...holes, last] : holes)
}

/** What is kept apart: everything of the route, or some of the addresses under it. */
export function apartPatterns(route: string, isAll: boolean, chosen: ReadonlySet<string>): string[] {
  return isAll ? [route] : [...chosen].sort()
}
