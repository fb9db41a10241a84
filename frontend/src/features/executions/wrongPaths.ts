import { bodyPath } from '@/lib/bodyPath'
import type { Assertion } from './api/types'

/** JSONPaths of the values that failed assertions looked at, as far as an assertion names one plainly. */
export function wrongPaths(assertions: Assertion[]): string[] {
  return assertions.filter((one) => !one.held).flatMap((one) => pathsOf(one))
}

export function pathsOf(assertion: Assertion): string[] {
  return assertion.parts.map((part) => bodyPath(part.source)).filter((path) => path !== undefined)
}
