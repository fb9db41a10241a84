import type { Problem } from '../api/types'

/** A problem where it stands in the text that is shown: offsets into it. */
export interface Placed {
  from: number
  to: number
  problem: Problem
}

const WORD = /^["']?[\w.$-]+["']?/

export function placed(problems: readonly Problem[], text: string): Placed[] {
  const starts = lineStarts(text)
  return problems.map((problem) => {
    const start = starts[Math.min(problem.line, starts.length) - 1] ?? 0
    const end = starts[Math.min(problem.line, starts.length)] ?? text.length + 1
    const line = text.slice(start, end - 1)
    const at = Math.min(offsetOf(line, problem.column - 1), line.length)
    const word = WORD.exec(line.slice(at))?.[0].length ?? line.slice(at).trimEnd().length
    const from = word === 0 ? start + (line.length - line.trimStart().length) : start + at
    return { from: Math.min(from, text.length), to: Math.min(Math.max(start + at + word, from), text.length), problem }
  })
}

/** The server counts characters, the browser UTF-16 units. */
function offsetOf(line: string, characters: number): number {
  let at = 0
  for (let left = characters; left > 0 && at < line.length; left -= 1) at += (line.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return at
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The fact, and the nearest right thing where the sentence does not name it. */
export function problemText(problem: Problem): string {
  const { message, suggestion } = problem
  return suggestion && !message.includes(suggestion) ? `${message} The nearest is ${suggestion}.` : message
}

/** What stands there and what would be right; null where that is not simply another word. */
export function fixOf({ from, to, problem }: Placed, text: string): { from: number; to: number; insert: string } | null {
  const written = text.slice(from, to)
  const bare = written.replace(/^["']|["']$/g, '')
  if (!problem.suggestion || !/^[\w.$-]+$/.test(bare) || bare === problem.suggestion) return null
  const quote = written === bare ? 0 : 1
  return { from: from + (/^["']/.test(written) ? quote : 0), to: to - (/["']$/.test(written) ? quote : 0), insert: problem.suggestion }
}

export function countOf(problems: readonly Problem[], severity: Problem['severity']): number {
  return problems.filter((one) => one.severity === severity).length
}
