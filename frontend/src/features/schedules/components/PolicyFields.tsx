import { Field } from '@/ui/Field'
import type { Edits } from '../edits'
import { MISFIRES, OVERLAPS, POLICY_NAMES } from '../words'
import styles from './ScheduleForm.module.css'

interface Props {
  edits: Edits
  wrong: ReadonlyMap<string, string>
  onChange: (part: Partial<Edits>) => void
}

/** What becomes of times that were missed, or come while a run goes on. */
export function PolicyFields({ edits, wrong, onChange }: Props) {
  return (
    <div className={styles.facts}>
      <Field label="Missed times" hint={MISFIRES[edits.misfire]}>
        <select value={edits.misfire} onChange={(event) => onChange({ misfire: event.target.value as Edits['misfire'] })}>
          <Policies of={MISFIRES} />
        </select>
      </Field>
      {edits.misfire === 'catch_up' && (
        <Field label="Catch up at most" hint="Of the times that were missed, 1 to 100" problem={wrong.get('catchUp')}>
          <input inputMode="numeric" value={edits.catchUp} onChange={(event) => onChange({ catchUp: event.target.value })} />
        </Field>
      )}
      <Field label="Runs that overlap" hint={OVERLAPS[edits.overlap]}>
        <select value={edits.overlap} onChange={(event) => onChange({ overlap: event.target.value as Edits['overlap'] })}>
          <Policies of={OVERLAPS} />
        </select>
      </Field>
      <Field label="Jitter, seconds" hint="Each run starts up to so many later, so that not all start in one second" problem={wrong.get('jitter')}>
        <input inputMode="numeric" value={edits.jitter} onChange={(event) => onChange({ jitter: event.target.value })} />
      </Field>
    </div>
  )
}

function Policies({ of }: { of: Record<string, string> }) {
  return Object.keys(of).map((policy) => (
    <option key={policy} value={policy}>
      {POLICY_NAMES[policy]}
    </option>
  ))
}
