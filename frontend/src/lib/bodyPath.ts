const ROOTS = /^(?:body|result\.body|response|\$)(?=[.[]|$)/

/** The JSONPath of what an expression names plainly in a response; undefined where it names something else. */
export function bodyPath(source: string): string | undefined {
  const text = source.trim()
  return ROOTS.test(text) ? text.replace(ROOTS, '$').replaceAll(/\['([^'\]]+)'\]/g, '["$1"]') : undefined
}
