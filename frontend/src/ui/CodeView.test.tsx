import { MantineProvider } from '@mantine/core'
import { render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { parseExact } from '@/lib/exactJson'
import { CodeView } from './CodeView'
import { jsonLines } from './jsonLines'

test('markup in a body is text, and nothing of it runs', () => {
  const ran = vi.fn()
  Object.assign(window, { ran })
  const hostile = '<img src=x onerror="window.ran()"><script>window.ran()</script>'
  const { container } = render(<CodeView label="Body" value={{ [hostile]: hostile }} />)
  expect(container.querySelector('img, script')).toBeNull()
  expect(container.textContent).toContain('<script>window.ran()</script>')
  expect(ran).not.toHaveBeenCalled()
})

test('names of the prototype are names like any other', () => {
  const value = parseExact('{"__proto__": {"polluted": true}, "constructor": 1, "toString": "x", "hasOwnProperty": null}')
  const { container } = render(<CodeView label="Body" value={value} />)
  for (const name of ['__proto__', 'polluted', 'constructor', 'toString', 'hasOwnProperty']) expect(container.textContent).toContain(name)
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('JSON ten thousand deep is shown, not followed', () => {
  let deep: unknown = 'end'
  for (let index = 0; index < 10_000; index += 1) deep = [deep]
  expect(jsonLines(deep).length).toBeLessThan(500)
})

test('a line of a million characters is cut until it is asked for', () => {
  render(<CodeView label="Body" text={'x'.repeat(1_000_000)} />)
  expect(screen.getByRole('button', { name: /more characters/ })).toBeTruthy()
})

test('right-to-left text, emoji and control characters keep their order', () => {
  const text = 'שלום ‮evil‬ 👩‍👩‍👧‍👦 \u0000 \u001b[31m'
  const { container } = render(<CodeView label="Body" value={{ text }} />)
  expect(container.textContent).toContain('👩‍👩‍👧‍👦')
  expect(container.textContent).toContain('\\u0000')
  // What would turn the text around it is shown, not followed.
  expect(container.textContent).toContain('\\u202eevil\\u202c')
})

test('numbers keep every digit where the engine can tell them', () => {
  const value = parseExact('{"price": 0.10, "id": 12345678901234567890}')
  const { container } = render(<CodeView label="Body" value={value} />)
  const canTell = 'rawJSON' in JSON
  expect(container.textContent).toContain(canTell ? '0.10' : '0.1')
  if (canTell) expect(container.textContent).toContain('12345678901234567890')
})

test('a masked secret is a chip with its name', () => {
  render(
    <MantineProvider>
      <CodeView label="Body" value={{ token: 'Bearer ‹secret:API_TOKEN›' }} />
    </MantineProvider>,
  )
  expect(screen.getByText('$API_TOKEN')).toBeTruthy()
})

test('what an assertion found wrong is marked', () => {
  const { container } = render(<CodeView label="Body" value={{ payment: { state: 'pending' } }} wrong={['$.payment.state']} />)
  expect(container.querySelector('[data-path="$.payment.state"]')?.className).toContain('wrong')
})
