import { expect, test, vi } from 'vitest'
import { get } from './http'

test('a session that has ended leads to where one signs in, once, and back', async () => {
  const assign = vi.fn()
  vi.stubGlobal('location', { pathname: '/executions/7', search: '?step=a%26b', assign })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"detail": "Unauthorized"}', { status: 401 })))
  await expect(get('/me')).rejects.toThrow('Unauthorized')
  await expect(get('/executions')).rejects.toThrow()
  expect(assign.mock.calls).toEqual([['/login/?next=%2Fexecutions%2F7%3Fstep%3Da%2526b']])
})
