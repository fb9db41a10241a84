import { useState } from 'react'
import { Link } from '@tanstack/react-router'
import { useNow } from '@/lib/clock'
import { Button, buttonClass } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { type Analysis, isActive, type Subject } from '../analysis'
import { agoText, secondsText } from '../money'
import type { StepPlace } from '../places'
import { useAnalysis } from '../useAnalysis'
import styles from './analysis.module.css'
import { ModelAnswer } from './ModelAnswer'
import { ModelFoot } from './ModelFoot'
import { WhatWasSent } from './WhatWasSent'

interface Props {
  subject: Subject
  mayRun: boolean
  mayAllow: boolean
  onShow: (place: StepPlace, execution: number | null) => void
}

/** What a model says, below what the rules say: added and labelled, it replaces nothing. */
export function ModelSection({ subject, mayRun, mayAllow, onShow }: Props) {
  const { state, analysis, ask, refused, lost } = useAnalysis(subject)
  const [isOpen, setOpen] = useState(false)
  const [preview, setPreview] = useState(false)
  const isOn = analysis !== undefined && isActive(analysis)
  const now = useNow(isOn, 500)
  const similar = analysis === undefined || analysis.status === 'failed' ? state.data?.similar : null
  const shown = analysis ?? (isOpen ? (similar ?? undefined) : undefined)
  if (state.isError && !state.data) {
    return (
      <div className={styles.section} role="alert">
        <p>{state.error.message}</p>
        <Button small onClick={() => void state.refetch()}>Try again</Button>
      </div>
    )
  }
  const why = state.data?.why_not
  return (
    <section className={styles.section} aria-label="Analysis by a model" id="model-analysis">
      <header className={styles.head}>
        <Icon name="sparkle" size={14} />
        <h4>{headOf(shown)}</h4>
        {shown && <ModelFoot analysis={shown} now={now} subject={subject} />}
      </header>
      {state.data && !shown && !why && !similar && (
        <div className={styles.line}>
          {mayRun ? (
            <Button small disabled={ask.isPending} onClick={() => ask.mutate(false)}>
              Analyse with AI
            </Button>
          ) : (
            <span>An editor can have the model asked.</span>
          )}
          <span className={styles.quiet}>Sends masked evidence of this failure to {state.data.model}.</span>
          {'execution' in subject && <Button small onClick={() => setPreview(true)}>Preview what is sent</Button>}
        </div>
      )}
      {similar && !shown && (
        <div className={styles.line}>
          <span>
            The same failure was analysed {agoText(similar.finished_at ?? similar.asked_at, now)}
            {similar.execution !== null && <> in <Link to="/executions/$executionId" params={{ executionId: String(similar.execution) }}>#{similar.execution}</Link></>}.
          </span>
          <Button small onClick={() => setOpen(true)}>Open it</Button>
          {mayRun && !why && <Button small disabled={ask.isPending} onClick={() => ask.mutate(true)}>Analyse anew</Button>}
        </div>
      )}
      {why && !isOn && (
        <div className={styles.line} data-why={why.code}>
          <span title={why.message}>{why.message}</span>
          {why.code === 'no_consent' && mayAllow && (
            <Link to="/workspace/$part" params={{ part: 'ai' }} className={buttonClass('plain', true)}>
              Read and allow
            </Link>
          )}
          {'execution' in subject && !shown && <Button small onClick={() => setPreview(true)}>Preview what would be sent</Button>}
        </div>
      )}
      {refused && !why && !isOn && <p className={styles.problem} role="alert">{refused.message}</p>}
      {isOn && (
        <p className={styles.line} role="status">
          {analysis.status === 'queued' ? 'Waits for its turn.' : `${analysis.model} is writing, ${secondsText(analysis, now) ?? ''}. What is finished and checked shows here.`}
          {lost && ` ${lost.message} What is shown may be old.`}
        </p>
      )}
      {shown?.status === 'failed' && (
        <div className={styles.line} role="status" data-code={shown.error_code}>
          <span>{shown.error}</span>
          {mayRun && !why && <Button small disabled={ask.isPending} onClick={() => ask.mutate(true)}>Ask again</Button>}
        </div>
      )}
      {shown?.answer && shown.status !== 'failed' && <ModelAnswer analysis={shown} answer={shown.answer} mayRun={mayRun} onShow={onShow} onAnew={mayRun && !why && !ask.isPending ? () => ask.mutate(true) : undefined} />}
      {preview && 'execution' in subject && <WhatWasSent of={{ execution: subject.execution }} onClose={() => setPreview(false)} />}
    </section>
  )
}

/** An answer is only called so once there is one. */
function headOf(shown: Analysis | undefined): string {
  if (!shown) return 'Analyse with AI'
  return shown.status === 'done' ? "Model's answer" : 'Analysis by a model'
}
