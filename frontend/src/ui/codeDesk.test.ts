import { expect, test } from 'vitest'
import { CodeDesk, type Opened, type Piece, type Progress } from './codeDesk'
import { jsonLines, type Line, lineText } from './jsonLines'
import { JsonKept } from './keptLines'

const SIZE = 1000

/** The desk for a text that a server gives in pieces; some of them fail at first. */
function deskOf(text: string, failing: number[] = []) {
  const asked: number[] = []
  const told: Progress[] = []
  const fetchPiece = (offset: number): Promise<Piece> => {
    asked.push(offset)
    const fails = failing.indexOf(offset)
    if (fails >= 0) {
      failing.splice(fails, 1)
      return Promise.reject(new Error('The server does not answer.'))
    }
    const end = offset + SIZE
    return Promise.resolve({ text: text.slice(offset, end), total: text.length, next: end < text.length ? end : null })
  }
  const desk = new CodeDesk(fetchPiece, (progress) => told.push(progress))
  const open = async (mode: 'pretty' | 'raw' = 'pretty'): Promise<Opened> => {
    await desk.answer({ kind: 'read' })
    return (await desk.answer({ kind: 'open', mode })) as Opened
  }
  return { desk, open, asked, told }
}

const items = Array.from({ length: 500 }, (_, index) => ({ id: index, name: `item ${index}`, tags: [], more: { deep: [index, null, 'x'] } }))

test('a text comes in pieces, and is given out in the lines it would have here', async () => {
  const { desk, open, told } = deskOf(JSON.stringify({ items }))
  const opened = await open()
  const lines = jsonLines({ items })
  expect(opened.count).toBe(lines.length)
  expect(opened.first).toEqual(lines.slice(0, 300))
  expect(await desk.answer({ kind: 'lines', document: opened.document, from: 2000, to: 2100 })).toEqual(lines.slice(2000, 2100))
  expect(told.length).toBeGreaterThan(5)
  expect(told.at(-1)?.read).toBe(told.at(-1)?.total)
})

test.each([[[]], [{}], ['x'], [{ a: { b: [[], {}, [1]] }, 'odd name': null }], [[[[[]]]]]])('every line of %j is found by its number', (value) => {
  const kept = new JsonKept([{ path: '$', value }])
  const lines = jsonLines(value)
  expect(Array.from({ length: kept.count }, (_, index) => kept.at(index))).toEqual(lines)
  expect(kept.at(kept.count)).toBeUndefined()
})

test('reading goes on with the piece that failed', async () => {
  const { desk, open, asked } = deskOf(JSON.stringify({ items }), [2000])
  await expect(desk.answer({ kind: 'read' })).rejects.toThrow('does not answer')
  expect((await open()).count).toBe(jsonLines({ items }).length)
  expect(asked.slice(0, 5)).toEqual([0, 1000, 2000, 2000, 3000])
})

test('words, paths and what a JSONPath finds are told by line', async () => {
  const { desk, open } = deskOf(JSON.stringify({ items }))
  const { document } = await open()
  const lines = jsonLines({ items })
  const at = lines.findIndex((line) => lineText(line).includes('item 499'))
  expect(await desk.answer({ kind: 'search', document, words: 'ITEM 499' })).toEqual(Uint32Array.of(at))
  expect(await desk.answer({ kind: 'index', document, path: '$.items[499].name' })).toBe(at)
  expect(await desk.answer({ kind: 'index', document, path: '$.nowhere' })).toBe(-1)
  const found = (await desk.answer({ kind: 'filter', path: '$.items[?@.id > 497].more' })) as Opened
  expect(found.first).toEqual([498, 499].flatMap((id) => jsonLines(items[id]?.more, `$.items[${id}].more`)))
  await expect(desk.answer({ kind: 'filter', path: '$[' })).rejects.toThrow()
})

test('of words typed fast only the last are looked for', async () => {
  const { desk, open } = deskOf(JSON.stringify({ items }))
  const { document } = await open()
  const [first, last] = await Promise.all(['item', 'item 7"'].map((words) => desk.answer({ kind: 'search', document, words }) as Promise<Uint32Array>))
  expect([first?.length, last?.length]).toEqual([0, 1])
})

test('what is no JSON is shown as the text it is', async () => {
  const { desk, open } = deskOf('{"half": [1, 2\nno more')
  const opened = await open()
  expect(opened.first.map(lineText)).toEqual(['{"half": [1, 2', 'no more'])
  expect(await desk.answer({ kind: 'search', document: opened.document, words: 'MORE' })).toEqual(Uint32Array.of(1))
})

test('a line without an end is broken, and a word across the break is found', async () => {
  const text = `${'x'.repeat(1999)}👩needle${'y'.repeat(5000)}`
  const { desk, open } = deskOf(text)
  const opened = await open('raw')
  expect(opened.first.map(lineText).join('')).toBe(text)
  expect(opened.first.every((line) => lineText(line).length <= 2000)).toBe(true)
  expect(await desk.answer({ kind: 'search', document: opened.document, words: 'xx👩needle' })).toEqual(Uint32Array.of(0))
})

test('hostile content stays content: names of the prototype, depth, a value of megabytes', async () => {
  const deep = '['.repeat(3000) + ']'.repeat(3000)
  const { open } = deskOf(`{"__proto__": {"polluted": true}, "constructor": "<script>", "deep": ${deep}, "long": "${'z'.repeat(100_000)}"}`)
  const { first } = await open()
  const all = first.map(lineText).join('\n')
  for (const name of ['"__proto__"', '"polluted": true', '"<script>"']) expect(all).toContain(name)
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  expect(first.length).toBeLessThan(500)
  const { first: end } = await deskOf(`["${'z'.repeat(100_000)}"]`).open()
  const long = end[1] as Line
  expect(lineText(long).length).toBe(5000)
  expect(long.left).toBe(100_002 - 5000)
})

test('a list is given out by its items, and searched by what their cells say', async () => {
  const { desk } = deskOf('[{"id": 12345678901234567890, "value": "{\\"state\\":\\"Paid\\"}"}, {"id": 2, "value": null}, 3]')
  await desk.answer({ kind: 'read' })
  expect(await desk.answer({ kind: 'items' })).toBe(3)
  expect(await desk.answer({ kind: 'items with', words: '"state":"paid"' })).toEqual(Uint32Array.of(0))
  expect(await desk.answer({ kind: 'items with', words: 'null' })).toEqual(Uint32Array.of(1))
  expect(await desk.answer({ kind: 'values', indices: [2, 1] })).toEqual(['3', '{"id":2,"value":null}'])
  const canTell = 'rawJSON' in JSON
  if (canTell) expect(((await desk.answer({ kind: 'values', indices: [0] })) as string[])[0]).toContain('12345678901234567890')
})

test('what is no list has no items', async () => {
  const { desk } = deskOf('{"rows": []}')
  await desk.answer({ kind: 'read' })
  expect(await desk.answer({ kind: 'items' })).toBe(0)
})
