import { useQuery } from '@tanstack/react-query'
import { durationText } from '@/lib/time'
import { Card } from '@/ui/Card'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { StatusIcon } from '@/ui/StatusIcon'
import { comparingQueries, type StepComparison, type Told } from '../api/comparing'
import { COMPARED_PARTS, type ComparedPart } from '../compareSearch'
import { fieldsOf, shown, textOf } from '../viewers/shape'
import styles from './comparing.module.css'

interface Props {
  left: number
  right: number
  path: string
  part: ComparedPart
  onPart: (part: ComparedPart) => void
}

const NAMES: Record<ComparedPart, string> = { response: 'Response', request: 'Request', assertions: 'Assertions', timing: 'Timing' }

/** One step in both runs, by path. */
export function CompareStep({ left, right, path, part, onPart }: Props) {
  const step = useQuery(comparingQueries.step(left, right, path))
  const attempts = step.data?.left && step.data.right ? `, attempt ${step.data.left.number} beside attempt ${step.data.right.number}` : ''
  return (
    <div className={styles.card}>
      <Card
        title={
          <>
            <code>{path}</code> <span className={styles.words}>{`${NAMES[part].toLowerCase()}${attempts}`}</span>
          </>
        }
        aside={
          <span className={styles.toggle} role="group" aria-label="What is compared">
            {COMPARED_PARTS.map((one) => (
              <button key={one} type="button" aria-pressed={one === part} onClick={() => onPart(one)}>
                {NAMES[one]}
              </button>
            ))}
          </span>
        }
      >
        {step.isPending && <Skeleton rows={4} height={26} />}
        {step.error && <Notice role="alert" title={step.error.message} action={{ label: 'Try again', run: () => void step.refetch() }} />}
        {step.data && <Part step={step.data} part={part} left={left} right={right} />}
      </Card>
    </div>
  )
}

function Part({ step, part, left, right }: { step: StepComparison; part: ComparedPart; left: number; right: number }) {
  if (part === 'assertions') return <ComparedAssertions step={step} left={left} right={right} />
  if (part === 'timing') return <ComparedTiming step={step} left={left} right={right} />
  return <Differences told={step[part]} left={left} right={right} />
}

/** Path by path; what was ignored and what was not looked at is said below. */
export function Differences({ told, left, right }: { told: Told; left: number; right: number }) {
  return (
    <>
      {told.differences.length === 0 && !told.not_compared && <p className={styles.quiet}>Nothing differs{told.ignored.length > 0 ? ' but what is ignored' : ''}.</p>}
      {told.differences.length > 0 && (
        <div className={grid.scroll}>
          <table className={grid.grid}>
            <thead>
              <tr>
                <th>Path</th>
                <th>#{left}</th>
                <th>#{right}</th>
              </tr>
            </thead>
            <tbody>
              {told.differences.map((one) => (
                <tr key={`${one.kind} ${one.path}`} data-difference={one.path}>
                  <td>{one.path || 'all of it'}</td>
                  <td>{one.kind === 'added' ? <span className={styles.words}>not there</span> : <del className={styles.old}><Value of={one.left} isPiece={one.is_shortened} /></del>}</td>
                  <td>{one.kind === 'removed' ? <span className={styles.words}>is gone</span> : <span className={styles.fromTo}><ins><Value of={one.right} isPiece={one.is_shortened} /></ins></span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {told.more > 0 && <p className={styles.quiet}>and {told.more.toLocaleString('en-GB')} more differences.</p>}
      {told.not_compared && <p className={styles.quiet}>{told.not_compared}</p>}
      {told.ignored.length > 0 && (
        <details className={styles.ignored}>
          <summary>{told.ignored.length + told.more_ignored} ignored: ids, times and what varies anyway</summary>
          <ul>
            {told.ignored.map((one) => (
              <li key={one.path}>
                <code>{one.path}</code> {one.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Value({ of, isPiece }: { of: unknown; isPiece: boolean }) {
  return <Masked text={isPiece ? textOf(of) : shown(of)} />
}

function ComparedAssertions({ step, left, right }: { step: StepComparison; left: number; right: number }) {
  if (step.assertions.length === 0) return <p className={styles.quiet}>Nothing was asserted.</p>
  return (
    <div className={grid.scroll}>
      <table className={grid.grid}>
        <thead>
          <tr>
            <th>Assertion</th>
            <th>#{left}</th>
            <th>#{right}</th>
          </tr>
        </thead>
        <tbody>
          {step.assertions.map((one) => (
            <tr key={one.expression} data-different={one.is_different}>
              <td>
                <Masked text={one.expression} />
              </td>
              {[one.left, one.right].map((side, index) => (
                <td key={index}>
                  {side ? (
                    <>
                      <StatusIcon tone={side.passed ? 'pass' : 'fail'} label={side.passed ? 'Holds' : 'Does not hold'} /> <Masked text={shown(side.actual)} />
                      {side.expected !== null && <span className={styles.words}> expected {side.operator && side.operator !== '==' ? `${side.operator} ` : ''}<Masked text={shown(side.expected)} /></span>}
                    </>
                  ) : (
                    '—'
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const PHASES = ['dns', 'connect', 'tls', 'first_byte', 'download']

function ComparedTiming({ step, left, right }: { step: StepComparison; left: number; right: number }) {
  const phases = PHASES.filter((name) => [step.left, step.right].some((side) => typeof fieldsOf(side?.timing)?.[name] === 'number'))
  const rows: [string, number | null | undefined, number | null | undefined][] = [
    ['duration', step.left?.duration_ms, step.right?.duration_ms],
    ['waited for a worker', step.left?.queue_ms, step.right?.queue_ms],
    ...phases.map((name): [string, number, number] => [name, Number(fieldsOf(step.left?.timing)?.[name] ?? 0), Number(fieldsOf(step.right?.timing)?.[name] ?? 0)]),
  ]
  return (
    <table className={grid.grid}>
      <thead>
        <tr>
          <th>Time</th>
          <th>#{left}</th>
          <th>#{right}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, now]) => (
          <tr key={name}>
            <td>{name}</td>
            <td className={grid.number}>{durationText(before)}</td>
            <td className={grid.number}>{durationText(now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
