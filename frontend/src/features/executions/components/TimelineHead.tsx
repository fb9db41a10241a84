import { Segmented } from '@/ui/Segmented'
import { StatusIcon } from '@/ui/StatusIcon'
import { STEP_STATE, type StepState } from '../status'
import type { Section } from '../timeline'
import type { Span } from './Timeline'
import styles from './Timeline.module.css'

interface Props {
  sections: Section[]
  span: Span
  onSpan: (span: Span) => void
  failedOnly: boolean
  hasTrouble: boolean
  onFailedOnly: (failedOnly: boolean) => void
}

/** What looks the same is counted together. */
const COUNTED: [StepState, ...StepState[]][] = [['passed'], ['failed'], ['running'], ['retrying'], ['pending'], ['cancelled'], ['skipped', 'not_reached'], ['to_come']]
const SPANS = [
  ['whole', 'Whole run'],
  ['busy', 'Busy parts'],
] as const

/** How many steps came to what, and how much of the run is drawn. */
export function TimelineHead({ sections, span, onSpan, failedOnly, hasTrouble, onFailedOnly }: Props) {
  const rows = sections.flatMap((section) => section.rows)
  return (
    <div className={styles.counts}>
      <b>
        {rows.length.toLocaleString('en-GB')} {rows.length === 1 ? 'step' : 'steps'}
      </b>
      {COUNTED.map((states) => {
        const there = states.filter((state) => rows.some((row) => row.state === state))
        const count = rows.filter((row) => states.includes(row.state)).length
        const { tone } = STEP_STATE[states[0]]
        const label = there.map((state) => STEP_STATE[state].label).join(', ')
        return (
          count > 0 && (
            <span key={states[0]} title={label}>
              <StatusIcon tone={tone} label={label} /> {count.toLocaleString('en-GB')}
            </span>
          )
        )
      })}
      <span className={styles.gap} />
      <Segmented label="How much of the run is drawn" value={span} options={SPANS} onChange={onSpan} />
      {hasTrouble && (
        <button type="button" className={styles.toggle} aria-pressed={failedOnly} onClick={() => onFailedOnly(!failedOnly)}>
          Failed only
        </button>
      )}
    </div>
  )
}
