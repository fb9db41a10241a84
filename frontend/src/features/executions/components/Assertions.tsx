import { ExactNumber } from '@/lib/exactJson'
import { Card } from '@/ui/Card'
import { Changed } from '@/ui/Changed'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Assertion } from '../api/types'
import { shown } from '../viewers/shape'
import { pathsOf } from '../wrongPaths'
import styles from './Assertions.module.css'

interface Props {
  assertions: Assertion[]
  onShow: (path: string) => void
}

const GROUPS: Record<string, string> = { any: 'one of these must hold', none: 'must not hold' }

/** Failed ones first; each with what it saw, what it wanted, and how they differ. */
export function Assertions({ assertions, onShow }: Props) {
  if (assertions.length === 0) return null
  const failed = assertions.filter((one) => !one.held)
  const rows = [...failed, ...assertions.filter((one) => one.held)]
  return (
    <Card
      title="Assertions"
      aside={failed.length > 0 ? <span className={styles.count}>{`${failed.length} of ${assertions.length} did not hold`}</span> : `all ${assertions.length} hold`}
    >
      <div className={grid.scroll}>
        <table className={`${grid.grid ?? ''} ${styles.table ?? ''}`}>
          <thead>
            <tr>
              <th aria-label="Result" />
              <th>Expression</th>
              <th>Actual</th>
              <th>Expected</th>
              <th>Difference</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one, index) => (
              <AssertionRow key={index} assertion={one} onShow={onShow} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function AssertionRow({ assertion, onShow }: { assertion: Assertion; onShow: (path: string) => void }) {
  const path = pathsOf(assertion)[0]
  const group = GROUPS[assertion.group]
  const isOwn = !assertion.held && assertion.message && !saysTheTable(assertion)
  return (
    <tr className={assertion.held ? '' : styles.failed} data-held={assertion.held}>
      <td>
        <StatusIcon tone={assertion.held ? 'pass' : 'fail'} label={assertion.held ? 'Holds' : 'Does not hold'} />
      </td>
      <td>
        {path ? (
          <button type="button" className={styles.expression} title={`Show ${path}`} onClick={() => onShow(path)}>
            <Masked text={assertion.expression} />
          </button>
        ) : (
          <Masked text={assertion.expression} />
        )}
        {group && <span className={styles.group}>{group}</span>}
        {isOwn && (
          <span className={styles.message}>
            <Masked text={assertion.message} />
          </span>
        )}
        {[...(assertion.error ? [assertion.error] : []), ...assertion.notes].map((note, index) => (
          <span key={index} className={styles.message}>
            <Masked text={note} />
          </span>
        ))}
      </td>
      <td>
        <Masked text={shown(assertion.actual)} />
      </td>
      <td>
        <Masked text={wanted(assertion)} />
      </td>
      <td>{!assertion.held && <Difference assertion={assertion} />}</td>
    </tr>
  )
}

/** A message made from the same values that the columns show; one that somebody wrote says more. */
function saysTheTable({ message, parts, expression }: Assertion): boolean {
  return message.includes(expression) || parts.some((part) => message.startsWith(`${part.source} is `))
}

/** `< 10`, and without a sign where equality was asked. */
function wanted({ operator, expected }: Assertion): string {
  if (expected === undefined || (expected === null && operator === null)) return ''
  return operator && operator !== '==' ? `${operator} ${shown(expected)}` : shown(expected)
}

/** From what was expected to what was there; numbers also by how much, types by name. */
function Difference({ assertion: { actual, expected, operator } }: { assertion: Assertion }) {
  if (expected === undefined || expected === null) return <span className={styles.words}>{actual === null ? 'the value is null' : ''}</span>
  const [is, wants] = [typeName(actual), typeName(expected)]
  if (is !== wants) return <span className={styles.words}>{`${is}, expected ${wants}`}</span>
  if (is === 'number') {
    const by = numeric(actual) - numeric(expected)
    const size = Number(Math.abs(by).toPrecision(12)).toLocaleString('en-GB', { maximumFractionDigits: 10 })
    return <span className={styles.words}>{`${size} ${by > 0 ? 'above' : 'below'}`}</span>
  }
  if (operator !== '==' || typeof actual !== 'string' || typeof expected !== 'string') return null
  const [start, end] = commonEnds(expected, actual)
  return (
    <Changed
      before={expected.slice(start, expected.length - end)}
      after={actual.slice(start, actual.length - end)}
      lead={start > 0 ? '…' : ''}
      tail={end > 0 ? '…' : ''}
    />
  )
}

function numeric(value: unknown): number {
  return Number(value instanceof ExactNumber ? value.text : value)
}

const SHORT = 40

/** How many characters are the same at the start and at the end; short texts are shown whole. */
function commonEnds(one: string, other: string): [number, number] {
  if (Math.max(one.length, other.length) <= SHORT) return [0, 0]
  const shorter = Math.min(one.length, other.length)
  let start = 0
  while (start < shorter && one[start] === other[start]) start += 1
  let end = 0
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1
  return [start, end]
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'list'
  if (value instanceof ExactNumber || typeof value === 'number') return 'number'
  return { string: 'text', boolean: 'boolean', object: 'object' }[typeof value as string] ?? typeof value
}
