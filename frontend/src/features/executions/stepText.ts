/** The lines of a flow's text that define one step, as far as its layout is the usual one; null where it is not. */
export function stepText(text: string, id: string): string | null {
  const lines = text.split('\n')
  const name = id.replaceAll(/[^\w-]/g, '')
  const mark = new RegExp(`^\\s*(?:-\\s*)?(?:\\{\\s*)?id:\\s*["']?${name}["']?\\s*(?:[,#}].*)?$`)
  const at = lines.findIndex((line) => mark.test(line))
  if (name !== id || at < 0) return null
  const first = lines.slice(0, at + 1).findLastIndex((line) => /^\s*-/.test(line))
  if (first < 0) return null
  const indent = indentOf(lines[first])
  const length = lines.slice(first + 1).findIndex((line) => line.trim() !== '' && indentOf(line) <= indent)
  const block = lines.slice(first, length < 0 ? undefined : first + 1 + length)
  return block.map((line) => line.slice(Math.min(indent, indentOf(line)))).join('\n').trimEnd()
}

function indentOf(line: string | undefined): number {
  return (line ?? '').search(/\S|$/)
}
