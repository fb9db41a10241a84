import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { StatusWord } from '@/ui/StatusWord'
import type { FlakyStep } from '../api/types'
import { eventsText, healthLook, intervalText, stepName } from '../flaky'
import { minutesText, percentText } from '../numbers'
import styles from './FlakySteps.module.css'
import { QuarantineDialog } from './QuarantineDialog'
import { ResultStrip } from './ResultStrip'
import { RunsLink } from './RunsLink'
import table from './Table.module.css'

const FEW = 7

interface Props {
  steps: readonly FlakyStep[]
  mayQuarantine: boolean
}

/** Steps that pass and fail although nothing changed, those that cost most first. */
export function FlakySteps({ steps, mayQuarantine }: Props) {
  const [open, setOpen] = useState<FlakyStep | null>(null)
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? steps : steps.slice(0, FEW)
  return (
    <>
      <div className={table.scroll} tabIndex={0} role="group" aria-label="Flaky steps, as a table">
        <table className={`${table.table ?? ''} ${styles.table ?? ''}`}>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">State</th>
              <th scope="col" className={table.number}>Min lost</th>
              <th scope="col" className={table.number}>Disturbed</th>
              <th scope="col">Last 30 results</th>
              <th scope="col">Evidence</th>
              <th scope="col">
                <span className="spoken">Quarantine</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((step) => (
              <Row key={`${step.flow} ${step.environment} ${step.key}`} step={step} onQuarantine={mayQuarantine ? () => setOpen(step) : undefined} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < steps.length && (
        <button type="button" className={styles.all} onClick={() => setWhole(true)}>
          All {steps.length} steps
        </button>
      )}
      {open && <QuarantineDialog step={open} onClose={() => setOpen(null)} />}
    </>
  )
}

function Row({ step, onQuarantine }: { step: FlakyStep; onQuarantine: (() => void) | undefined }) {
  const look = healthLook(step.health)
  return (
    <tr data-step={`${step.flow} ${step.key}`}>
      <th scope="row" className={styles.step}>
        <span className={table.code}>{stepName(step.key)}</span>
        <span className={styles.where}>
          <Link to="/flows/$slug" params={{ slug: step.flow }}>
            {step.flow_name}
          </Link>
          , {step.environment || 'no environment'}
        </span>
      </th>
      <td className={styles.state}>
        <StatusWord tone={look.tone} label={look.label} />
        {step.quarantine && <Held step={step} />}
      </td>
      <td className={`${table.number ?? ''} ${table.strong ?? ''} ${styles.lost ?? ''}`}>{minutesText(step.lost_minutes)}</td>
      <td className={`${table.number ?? ''} ${styles.rate ?? ''}`}>
        {step.disturbed > 0 ? <RunsLink q={step.q} label={`${percentText(step.rate)}: ${step.disturbed} disturbed runs of ${stepName(step.key)}`}>{percentText(step.rate)}</RunsLink> : percentText(step.rate)}
        <span className={styles.interval}>{intervalText(step)}</span>
      </td>
      <td className={styles.strip}>
        <ResultStrip strip={step.strip} />
      </td>
      <td className={styles.evidence}>
        {step.disturbed > 0 ? <RunsLink q={step.q}>{eventsText(step)}</RunsLink> : eventsText(step)} in <RunsLink q={step.q_scored}>{step.n} results</RunsLink>
        {step.top_failure && (
          <Link to="/analytics/failures/$fingerprint" params={{ fingerprint: step.top_failure }} className={styles.text}>
            {step.top_text || 'the failure it has most'}
          </Link>
        )}
      </td>
      <td className={styles.act}>
        {onQuarantine && (
          <Button small onClick={onQuarantine}>
            {step.quarantine ? 'Change' : 'Quarantine'}
          </Button>
        )}
      </td>
    </tr>
  )
}

function Held({ step }: { step: FlakyStep }) {
  const until = step.quarantine?.expires_at.slice(0, 10)
  return (
    <span className={styles.held} title={step.quarantine?.reason}>
      {step.quarantine?.is_of_flow ? 'flow ' : ''}in quarantine to {until}
    </span>
  )
}
