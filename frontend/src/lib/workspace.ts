/** In which workspace the pages are: the address says it, so that a link opens where it was copied; the browser remembers it. */

const KEY = 'stepwell-workspace'

export function rememberedWorkspace(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined // the browser keeps nothing for us
  }
}

export function rememberWorkspace(slug: string | undefined): void {
  try {
    if (slug === undefined) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, slug)
  } catch {
    // as above
  }
}

/** The same section in another workspace: what is open in this one is not there. */
export function sectionIn(slug: string, pathname: string): string {
  const section = pathname.startsWith('/workspace') ? pathname : `/${pathname.split('/')[1] ?? ''}`
  return `${section}?workspace=${encodeURIComponent(slug)}`
}

/** This very address, in the workspace it belongs to, or in none that is named. */
export function hereIn(slug: string | undefined, here: { pathname: string; search: string }): string {
  const search = new URLSearchParams(here.search)
  if (slug === undefined) search.delete('workspace')
  else search.set('workspace', slug)
  const text = search.toString()
  return here.pathname + (text ? `?${text}` : '')
}
