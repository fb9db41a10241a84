import { csrfToken } from '@/lib/http'

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
