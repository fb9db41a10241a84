/** What a call of a hook looks like: a body in which its paths find something. Pure. */

type Json = { [name: string]: Json | string }

/** Only plain paths can be drawn: `body.order.id`, `$.order.id`. Others are left to whoever writes the call. */
export function sampleBody(variables: Readonly<Record<string, string>>): Json {
  const body: Json = {}
  for (const [name, path] of Object.entries(variables)) {
    const keys = /^(?:body|\$)((?:\.[A-Za-z_][\w-]*)+)$/.exec(path.trim())?.[1]?.slice(1).split('.')
    if (keys) put(body, keys, name)
  }
  return body
}

function put(body: Json, keys: string[], name: string): void {
  let here = body
  keys.forEach((key, at) => {
    const there = Object.hasOwn(here, key) ? here[key] : undefined
    if (at === keys.length - 1) {
      if (there === undefined) here[key] = `<${name}>`
      return
    }
    if (typeof there === 'object') here = there
    else here = here[key] = {}
  })
}

/** A command for a shell; the address is quoted, as is the body. */
export function curlOf(url: string, variables: Readonly<Record<string, string>>): string {
  return `curl -X POST ${quoted(url)} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(sampleBody(variables)))}`
}

function quoted(text: string): string {
  return text.startsWith('$') ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`
}
