import { useMemo, useState } from 'react'
import { sizeText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { Masked } from '@/ui/Masked'
import { Segmented } from '@/ui/Segmented'
import type { Attempt } from '../api/types'
import { isWithin } from '../viewers/Body'
import type { BodyMode, SideProps } from '../viewers/viewer'
import { field } from '../viewers/shape'
import { viewerOf } from '../viewers/viewerOf'
import { fileAddress } from '../viewers/WholeBody'
import { WholePart } from '../viewers/WholePart'
import { wrongPaths } from '../wrongPaths'
import { LeftOut } from './LeftOut'
import styles from './StepPanel.module.css'
import type { StepTabProps } from './StepTab'

interface Props extends StepTabProps {
  side: 'request' | 'response'
  /** Beside the other one: bodies keep to a few lines, and search is left to the tab. */
  isShort?: boolean
}

const MODES = [
  ['pretty', 'Pretty'],
  ['raw', 'Raw'],
] as const

/** What was sent, or what came back, formatted by action. */
export function Side({ executionId, side, step, attempt, at, onSearch, isShort = false }: Props) {
  const [mode, setMode] = useState<BodyMode>('pretty')
  const shown = `${step.path} ${attempt.number}`
  const [whole, setWhole] = useState('')
  const isWhole = whole === shown
  const viewer = viewerOf(step.action)
  const wrong = useMemo(() => (side === 'response' ? wrongPaths(attempt.assertions) : []), [side, attempt.assertions])
  const isThere = attempt[side] !== null && attempt[side] !== undefined
  const title = isThere ? (side === 'request' ? viewer.requestTitle(attempt) : viewer.responseTitle(attempt)) : ''
  const View = side === 'request' ? viewer.Request : viewer.Response
  const shortened = attempt.shortened.filter((one) => one.part === side)
  const props: SideProps = { attempt, wrong, at: side === 'response' ? at : undefined, onPick: (path) => onSearch({ at: path }), mode, isShort, isWhole, source: { execution: executionId, path: step.path, part: side } }
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
      aside={
        isThere && (
          <>
            {sizeWords(attempt, side)}
            {side === 'response' && viewer.hasBody && <Segmented label="How bodies are shown" value={mode} options={MODES} onChange={setMode} />}
          </>
        )
      }
      tone={side === 'response' && attempt.is_partial ? 'retry' : undefined}
    >
      {side === 'response' && attempt.is_partial && <p className={styles.partial}>Partial: this is what had come before it failed.</p>}
      {attempt.is_cut && <p className={styles.partial}>Cut: it was larger than what is kept in full.</p>}
      {!isWhole && <LeftOut shortened={shortened} onWhole={() => setWhole(shown)} fileAt={(pointer) => fileAddress(props, pointer)} />}
      {isThere ? (
        <View {...props} />
      ) : (
        <p className={styles.quiet}>{nothingThere(side, attempt)}</p>
      )}
      {isWhole && shortened.filter((one) => !viewer.bodies.some((pointer) => isWithin(one.pointer, pointer))).map((one) => <WholePart key={one.pointer} {...props} pointer={one.pointer} />)}
    </Card>
  )
}

function sizeWords(attempt: Attempt, side: Props['side']): string {
  const size = side === 'request' ? attempt.request_size : Number(field(attempt.response, 'size') ?? attempt.response_size)
  return size > 0 ? sizeText(size) : ''
}

function nothingThere(side: Props['side'], attempt: Attempt): string {
  const isOn = attempt.status === 'running' || attempt.status === 'waiting'
  if (isOn) return 'Shown when the attempt ends.'
  if (side === 'request') return 'Nothing was sent.'
  return attempt.failure ? 'Nothing came back.' : 'No response.'
}
