import { expect, test } from 'vitest'
import { hereIn, sectionIn } from './workspace'

test('a switch keeps the section and leaves what is open in this workspace', () => {
  expect(sectionIn('two', '/executions/7')).toBe('/executions?workspace=two')
  expect(sectionIn('two', '/workspace/tokens')).toBe('/workspace/tokens?workspace=two')
})

test('an address is moved to the workspace it belongs to, with all it says', () => {
  const here = { pathname: '/executions/7', search: '?step=steps%2Fpay&workspace=one' }
  expect(hereIn('two', here)).toBe('/executions/7?step=steps%2Fpay&workspace=two')
  expect(hereIn(undefined, { ...here, search: '?workspace=one' })).toBe('/executions/7')
})
