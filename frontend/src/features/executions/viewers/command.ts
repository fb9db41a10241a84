/** The same request as a command for a terminal. Secrets stand as `$NAME`: the record does not hold them. */

import type { Attempt } from '../api/types'
import { field, fieldsOf, listOf, pairsOf, textOf } from './shape'

export interface Command {
  tool: string
  text: string
}

const OWN_HEADERS = new Set(['content-length', 'accept-encoding', 'host', 'connection', 'user-agent'])

export function commandOf(action: string, attempt: Attempt): Command | null {
  if (!fieldsOf(attempt.request)) return null
  if (action === 'http_request') return { tool: 'cURL', text: curl(attempt.request) }
  if (action === 'grpc_call' || action === 'grpc_stream') return { tool: 'grpcurl', text: grpcurl(attempt.request) }
  if (action === 'database_query') return { tool: 'psql', text: psql(attempt.request) }
  if (action.startsWith('redis_')) return { tool: 'redis-cli', text: redisCli(attempt.request) }
  if (action === 'kafka_producer') return { tool: 'kcat', text: kcatProduce(attempt.request) }
  if (action === 'kafka_consumer') return { tool: 'kcat', text: kcatConsume(attempt.request) }
  return null
}

function curl(request: unknown): string {
  const parts = ['curl', '-X', textOf(field(request, 'method')), quoted(textOf(field(request, 'url')))]
  for (const [name, value] of pairsOf(field(request, 'headers'))) {
    if (!OWN_HEADERS.has(name.toLowerCase())) parts.push('\\\n  -H', quoted(`${name}: ${value}`))
  }
  const body = field(request, 'body')
  if (body !== null && body !== undefined && body !== '') parts.push('\\\n  --data-raw', quoted(textOf(body)))
  return parts.join(' ')
}

function grpcurl(request: unknown): string {
  const metadata = pairsOf(field(request, 'metadata')).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  const message = quoted(textOf(field(request, 'request') ?? {}))
  const method = `${textOf(field(request, 'service') ?? '')}/${textOf(field(request, 'method') ?? '')}`
  return ['grpcurl', ...metadata, '-d', message, quoted(textOf(field(request, 'address') ?? '')), quoted(method)].join(' ')
}

function psql(request: unknown): string {
  const connection = field(request, 'connection')
  const part = (name: string, option: string): string[] => {
    const value = field(connection, name)
    return value === undefined || value === null || value === '' ? [] : [option, quoted(textOf(value))]
  }
  const who = [...part('host', '-h'), ...part('port', '-p'), ...part('username', '-U'), ...part('database', '-d')]
  const params = field(request, 'params')
  const binds = Array.isArray(params) && params.length > 0 ? ` \\bind ${params.map((one) => quoted(textOf(one))).join(' ')} \\g` : ''
  return ['psql', ...who].join(' ') + ` <<'END_OF_QUERY'\n${textOf(field(request, 'query')).trimEnd()}${binds}\nEND_OF_QUERY`
}

function redisCli(request: unknown): string {
  const [host = '', port = '6379'] = textOf(field(field(request, 'connection'), 'server') ?? '').split(/:(?=\d+$)/)
  const words = [field(request, 'command'), field(request, 'key'), field(request, 'value')].filter((one) => one !== undefined)
  const db = textOf(field(field(request, 'connection'), 'db') ?? 0)
  return ['redis-cli', '-h', quoted(host), '-p', port, '-n', db, ...words.map((one) => quoted(textOf(one)))].join(' ')
}

function kcat(request: unknown): string[] {
  const brokers = listOf(field(field(request, 'connection'), 'brokers')).map(textOf).join(',')
  return ['kcat', '-b', quoted(brokers), '-t', quoted(textOf(field(request, 'topic') ?? ''))]
}

function kcatProduce(request: unknown): string {
  const key = field(request, 'key')
  const partition = field(request, 'partition')
  const parts = [...kcat(request), '-P']
  if (partition !== null && partition !== undefined) parts.push('-p', textOf(partition))
  if (key !== null && key !== undefined) parts.push('-k', quoted(textOf(key)))
  for (const [name, value] of pairsOf(field(request, 'headers'))) parts.push('-H', quoted(`${name}=${value}`))
  return `printf %s ${quoted(textOf(field(request, 'value') ?? ''))} | ${parts.join(' ')}`
}

function kcatConsume(request: unknown): string {
  return [...kcat(request), '-C', '-o', 'beginning', '-e', '-f', quoted('%p %o %k %h %s\n')].join(' ')
}

const SAFE = /^[\w@%+=:,./-]+$/
const SECRET = /‹secret(?::(\w+))?›/g

/** For a POSIX shell: single quotes, with secrets outside them as "$NAME". */
function quoted(text: string): string {
  if (SAFE.test(text)) return text
  const safe = `'${text.replaceAll("'", `'\\''`)}'`
  return safe.replaceAll(SECRET, (_all, name: string | undefined) => `'"$${(name ?? 'SECRET').toUpperCase()}"'`)
}
