import { useMemo } from 'react'
import { durationText, sizeText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { CodeView } from '@/ui/CodeView'
import { CopyButton } from '@/ui/CopyButton'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import { Notice } from '@/ui/Notice'
import { StatusIcon } from '@/ui/StatusIcon'
import { jsonText } from '@/lib/exactJson'
import type { Attempt, StepDetail } from '../api/types'
import { attemptTone } from '../status'
import type { StepSearch, StepTab as TabName } from '../stepSearch'
import { field, fieldsOf } from '../viewers/shape'
import { viewerOf } from '../viewers/viewerOf'
import { wrongPaths } from '../wrongPaths'
import { Assertions } from './Assertions'
import { AttemptChips, codeOf } from './AttemptChips'
import styles from './StepPanel.module.css'
import { Extractions, Reads, Timing } from './StepTables'
import { Variables } from './Variables'

interface Props {
  executionId: number
  /** Changes when the step is read again. */
  version: string
  tab: TabName
  step: StepDetail
  attempt: Attempt | undefined
  at: string | undefined
  onSearch: (change: Partial<StepSearch>) => void
}

export function StepTab(props: Props) {
  const { tab, step, attempt, onSearch } = props
  if (!attempt) return <Notice title="No worker has begun it yet." detail={step.message ?? undefined} />
  const chips = <AttemptChips attempts={step.attempts} chosen={attempt.number} onChoose={(number) => onSearch({ attempt: number, at: undefined })} />
  const show = (path: string): void => onSearch({ at: path, tab: tab === 'summary' ? 'summary' : 'response' })
  const here = { ...props, attempt }
  switch (tab) {
    case 'summary':
      return (
        <>
          <Outcome step={step} attempt={attempt} />
          {chips}
          <div className={styles.sides}>
            <Side {...here} side="request" />
            <Side {...here} side="response" />
          </div>
          <Timing timing={attempt.timing} />
          <Assertions assertions={attempt.assertions} onShow={show} />
          <Extractions captured={attempt.captured} executionId={props.executionId} path={step.path} version={props.version} />
        </>
      )
    case 'request':
    case 'response':
      return (
        <>
          {chips}
          <Side {...here} side={tab} />
        </>
      )
    case 'assertions':
      return (
        <>
          {chips}
          {attempt.assertions.length ? <Assertions assertions={attempt.assertions} onShow={show} /> : <p className={styles.quiet}>Nothing was asserted.</p>}
        </>
      )
    case 'variables':
      return (
        <>
          {chips}
          <Variables executionId={props.executionId} path={step.path} version={props.version} />
          <Reads reads={attempt.reads} />
        </>
      )
    case 'attempts':
      return <AttemptTable step={step} onSearch={onSearch} />
    case 'raw':
      return (
        <Card title={`Attempt ${attempt.number}, as recorded`} aside={<CopyButton label="Copy" text={() => jsonText(attempt, 2)} />}>
          <CodeView label="The attempt as recorded" value={attempt} />
        </Card>
      )
  }
}

/** What went wrong in the words of who noticed; why a step was skipped; what is not known. */
function Outcome({ step, attempt }: { step: StepDetail; attempt: Attempt }) {
  const failure = attempt.failure ?? (step.status === 'failed' ? step.failure : null)
  const condition = fieldsOf(attempt.condition)
  if (step.status === 'skipped') {
    return (
      <Card title="Skipped">
        <p className={styles.outcome}>{step.skip_reason ?? 'Its condition did not hold.'}</p>
        {condition && <CodeView label="The condition as evaluated" value={condition} />}
      </Card>
    )
  }
  if (!failure) {
    return attempt.status === 'cancelled' && step.message ? (
      <Card title="Cancelled">
        <p className={styles.outcome}>{step.message}</p>
      </Card>
    ) : null
  }
  return (
    <Card
      tone="fail"
      title="What failed"
      aside={
        <>
          <span className={styles.tag}>{failure.kind}</span>
          {failure.code && failure.code !== failure.kind && <span className={styles.tag}>{failure.code}</span>}
        </>
      }
    >
      <pre className={`${styles.outcome ?? ''} ${styles.failText ?? ''}`}>
        <Masked text={failure.message} />
      </pre>
      {step.may_have_taken_effect && <p className={styles.doubt}>Nobody knows how far it came: it may have taken effect.</p>}
      {attempt.late_results.map((late) => (
        <p key={late.at} className={styles.doubt}>
          A worker came back later with “{late.status}”: <Masked text={late.message} />
        </p>
      ))}
    </Card>
  )
}

function Side({ side, step, attempt, at, onSearch }: Props & { side: 'request' | 'response'; attempt: Attempt }) {
  const viewer = viewerOf(step.action)
  const wrong = useMemo(() => wrongPaths(attempt.assertions), [attempt.assertions])
  const isThere = attempt[side] !== null && attempt[side] !== undefined
  const title = isThere ? (side === 'request' ? viewer.requestTitle(attempt) : viewer.responseTitle(attempt)) : ''
  const size = side === 'request' ? attempt.request_size : Number(field(attempt.response, 'size') ?? attempt.response_size)
  const View = side === 'request' ? viewer.Request : viewer.Response
  return (
    <Card
      title={
        <>
          {side === 'request' ? 'Request' : 'Response'}{' '}
          <span className={styles.target} title={title}>
            <Masked text={title} />
          </span>
        </>
      }
      aside={isThere && size > 0 ? sizeText(size) : undefined}
      tone={side === 'response' && attempt.is_partial ? 'retry' : undefined}
    >
      {side === 'response' && attempt.is_partial && <p className={styles.partial}>Partial: this is what had come before it failed.</p>}
      {attempt.is_cut && <p className={styles.partial}>Cut: the body was larger than what is kept in full.</p>}
      {isThere ? (
        <View attempt={attempt} wrong={side === 'response' ? wrong : []} at={side === 'response' ? at : undefined} onPick={(path) => onSearch({ at: path })} />
      ) : (
        <p className={styles.quiet}>{nothingThere(side, attempt)}</p>
      )}
    </Card>
  )
}

function nothingThere(side: 'request' | 'response', attempt: Attempt): string {
  if (side === 'request') return attempt.status === 'running' ? 'Shown when the attempt ends.' : 'Nothing was sent.'
  if (attempt.status === 'running' || attempt.status === 'waiting') return 'Shown when the attempt ends.'
  return attempt.failure ? 'Nothing came back.' : 'No response.'
}

function AttemptTable({ step, onSearch }: { step: StepDetail; onSearch: Props['onSearch'] }) {
  const winner = step.attempts.find((one) => one.status === 'passed')
  const last = step.attempts.length
  const verdict = winner ? (last > 1 ? `attempt ${winner.number} of ${last} passed` : 'it passed at once') : step.status === 'failed' ? (last > 1 ? `all ${last} failed` : 'it failed') : ''
  return (
    <Card title="Attempts" aside={verdict}>
      <div className={grid.scroll}>
        <table className={grid.grid}>
          <thead>
            <tr>
              <th>Attempt</th>
              <th>Result</th>
              <th>Code</th>
              <th>Queued</th>
              <th>Duration</th>
              <th>What happened</th>
            </tr>
          </thead>
          <tbody>
            {step.attempts.map((one) => (
              <tr key={one.number}>
                <td>
                  <button type="button" className={styles.open} onClick={() => onSearch({ attempt: one.number, tab: 'summary', at: undefined })}>
                    {one.number}
                  </button>
                </td>
                <td>
                  <StatusIcon tone={attemptTone(one.status)} /> {one.status}
                </td>
                <td>{codeOf(one)}</td>
                <td className={grid.number}>{durationText(one.queue_ms)}</td>
                <td className={grid.number}>{durationText(one.duration_ms)}</td>
                <td>
                  <Masked text={one.failure?.message ?? ''} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
