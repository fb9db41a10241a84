import { Card } from '@/ui/Card'
import { CodeView } from '@/ui/CodeView'
import { CopyButton } from '@/ui/CopyButton'
import { jsonText } from '@/lib/exactJson'
import type { Attempt, StepDetail } from '../api/types'
import type { StepSearch, StepTab as TabName } from '../stepSearch'
import { viewerOf } from '../viewers/viewerOf'
import { Assertions } from './Assertions'
import { AttemptChips } from './AttemptChips'
import { AttemptDiff } from './AttemptDiff'
import { AttemptTable } from './AttemptTable'
import { CalledFlows } from './CalledFlows'
import { Extractions } from './Extractions'
import { Outcome } from './Outcome'
import { Side } from './Side'
import styles from './StepPanel.module.css'
import { Timing } from './Timing'
import { Variables } from './Variables'

export interface StepTabProps {
  executionId: number
  /** Changes when the step is read again. */
  version: string
  tab: TabName
  step: StepDetail
  attempt: Attempt
  at: string | undefined
  onSearch: (change: Partial<StepSearch>) => void
}

/** What a tab shows of the chosen attempt. */
export function StepTab(props: StepTabProps) {
  const { tab, step, attempt, onSearch } = props
  const chips = (
    <AttemptChips
      attempts={step.attempts}
      chosen={attempt.number}
      onChoose={(number) => onSearch({ attempt: number, at: undefined })}
      onCompare={(number) => onSearch({ attempt: number, tab: 'attempts', at: undefined })}
    />
  )
  const show = (path: string): void => onSearch({ at: path, tab: tab === 'summary' ? 'summary' : 'response' })
  switch (tab) {
    case 'summary':
      return (
        <>
          <Outcome step={step} attempt={attempt} />
          <CalledFlows called={step.called} />
          {chips}
          <div className={`${styles.sides ?? ''} ${viewerOf(step.action).isWide?.(attempt) ? (styles.stacked ?? '') : ''}`}>
            <Side {...props} side="request" isShort />
            <Side {...props} side="response" isShort />
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
          <Side {...props} side={tab} />
        </>
      )
    case 'assertions':
      return (
        <>
          {chips}
          {attempt.assertions.length > 0 ? <Assertions assertions={attempt.assertions} onShow={show} /> : <p className={styles.quiet}>Nothing was asserted.</p>}
        </>
      )
    case 'variables':
      return <Variables executionId={props.executionId} path={step.path} version={props.version} />
    case 'attempts':
      return (
        <>
          <AttemptTable step={step} onSearch={onSearch} />
          {chips}
          <AttemptDiff before={step.attempts.find((one) => one.number === attempt.number - 1)} after={attempt} />
        </>
      )
    case 'raw':
      return (
        <Card title={`Attempt ${attempt.number}, as recorded`} aside={<CopyButton label="Copy" text={() => jsonText(attempt, 2)} />}>
          <CodeView label="The attempt as recorded" value={attempt} />
        </Card>
      )
  }
}
