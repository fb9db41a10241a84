import { jsonText, parseExact } from './exactJson'

/** An answer that is no success: application/problem+json, or none at all when the server could not be reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** The whole document: some problems tell more than a sentence. */
    readonly told: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail)
    this.name = 'Problem'
  }

  get isUnreachable(): boolean {
    return this.status === 0
  }
}

export type Values = Record<string, string | number | readonly string[] | undefined>

let workspace: string | undefined

/** Every call names this workspace from now on. */
export function nameWorkspace(slug: string | undefined): void {
  workspace = slug
}

export function addressOf(path: string, query: Values = {}): string {
  const all = new URLSearchParams()
  const named: Values = { workspace, ...query }
  for (const [name, value] of Object.entries(named)) {
    if (Array.isArray(value)) for (const one of value as readonly string[]) all.append(name, one)
    else if (value !== undefined && value !== '') all.set(name, String(value))
  }
  const text = all.toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

export async function get<T>(path: string, query?: Values, signal?: AbortSignal): Promise<T> {
  return send<T>(addressOf(path, query), { signal: signal ?? null })
}

/** Answers of our own making, as statistics are: a double holds every number, and 1.0 is 1. */
export async function getPlain<T>(path: string, query?: Values, signal?: AbortSignal): Promise<T> {
  return send<T>(addressOf(path, query), { signal: signal ?? null }, JSON.parse)
}

/** A POST that may be repeated: its Idempotency-Key makes a second one harmless. */
export async function post<T>(path: string, body: unknown = {}, once?: string): Promise<T> {
  return write<T>('POST', path, body, once ? { 'Idempotency-Key': once } : {})
}

/** Any call that changes something; `headers` may hold a condition such as If-Match. */
export async function write<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown = {},
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<T> {
  const sent = { 'Content-Type': 'application/json', 'X-CSRFToken': cookie('csrftoken'), ...headers }
  return send<T>(addressOf(path), { method, headers: sent, body: jsonText(body), signal: signal ?? null })
}

async function send<T>(address: string, options: RequestInit, parse: (text: string) => unknown = parseExact): Promise<T> {
  let response: Response
  try {
    response = await fetch(address, { credentials: 'same-origin', ...options })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'unreachable', 'The server does not answer.')
  }
  const text = await response.text()
  if (response.status === 401) leadToSignIn()
  if (!response.ok) throw problemOf(response.status, text)
  return (text ? parse(text) : null) as T
}

function problemOf(status: number, text: string): Problem {
  try {
    const told = JSON.parse(text) as { type?: string; detail?: string }
    const code = (told.type ?? '').split(':').pop() ?? ''
    return new Problem(status, code, told.detail ?? `The server answered ${status}.`, told)
  } catch {
    return new Problem(status, '', `The server answered ${status}.`)
  }
}

let isLeaving = false

/** The session has ended: to the page where one signs in, and back to where one was. */
function leadToSignIn(): void {
  if (isLeaving) return
  isLeaving = true
  location.assign(`/login/?next=${encodeURIComponent(location.pathname + location.search)}`)
}

/** What a form has to carry to be taken for one of ours. */
export function csrfToken(): string {
  return cookie('csrftoken')
}

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((one) => one.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}
