import { csrfToken } from '@/lib/http'

/** Where one changes one's password, and comes back from. */
export function passwordPage(): string {
  return `/password/?next=${encodeURIComponent(location.pathname + location.search)}`
}

/** A form, because a link that signs out could be put anywhere. */
export function signOut(): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = '/logout/'
  const token = document.createElement('input')
  token.type = 'hidden'
  token.name = 'csrfmiddlewaretoken'
  token.value = csrfToken()
  form.append(token)
  document.body.append(form)
  form.submit()
}
