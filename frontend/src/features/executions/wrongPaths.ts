import type { Assertion } from './api/types'

const ROOTS = /^(?:body|result\.body|response|\$)(?=[.[]|$)/

/** JSONPaths of the values that failed assertions looked at, as far as an assertion names one plainly. */
export function wrongPaths(assertions: Assertion[]): string[] {
  return assertions.filter((one) => !one.held).flatMap((one) => pathsOf(one))
}

export function pathsOf(assertion: Assertion): string[] {
  return assertion.parts
    .map((part) => part.source.trim())
    .filter((source) => ROOTS.test(source))
    .map((source) => source.replace(ROOTS, '$').replaceAll(/\['([^'\]]+)'\]/g, '["$1"]'))
}
