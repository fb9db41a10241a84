import { type Ask, CodeDesk, type Piece } from './codeDesk'

/** The thread that reads, parses and keeps a long body, so that the page's own never has to. */

/** Characters of a piece: few enough to show progress, many enough to need few of them. */
const PIECE = 2 * 1024 * 1024

export type Sent = { address: string } | { id: number; ask: Ask }

let desk: CodeDesk | undefined

addEventListener('message', ({ data }: MessageEvent<Sent>) => {
  if ('address' in data) desk = new CodeDesk((offset) => fetchPiece(data.address, offset), (progress) => postMessage({ progress }))
  else void answer(data.id, data.ask)
})

async function answer(id: number, ask: Ask): Promise<void> {
  try {
    postMessage({ id, value: await desk?.answer(ask) })
  } catch (error) {
    postMessage({ id, problem: error instanceof Error ? error.message : String(error) })
  }
}

async function fetchPiece(address: string, offset: number): Promise<Piece> {
  let response: Response
  try {
    response = await fetch(`${address}&offset=${offset}&limit=${PIECE}`, { credentials: 'same-origin' })
  } catch {
    throw new Error('The server does not answer.')
  }
  if (!response.ok) throw new Error(await problemOf(response))
  return (await response.json()) as Piece
}

async function problemOf(response: Response): Promise<string> {
  const told = (await response.json().catch(() => null)) as { detail?: unknown } | null
  return typeof told?.detail === 'string' ? told.detail : `The server answered ${response.status}.`
}
