import { Field } from '@/ui/Field'
import { type Edits, type Unit, UNITS } from '../edits'
import styles from './ScheduleForm.module.css'

interface Props {
  edits: Edits
  /** What the API says of the times as they are. */
  problem: string | undefined
  wrong: ReadonlyMap<string, string>
  onChange: (part: Partial<Edits>) => void
}

const ZONES = Intl.supportedValuesOf('timeZone')

/** A cron line in a zone, or an interval. */
export function TimesFields({ edits, problem, wrong, onChange }: Props) {
  const isZoneWrong = problem !== undefined && !isZone(edits.timezone)
  return (
    <>
      <div className={styles.kinds} role="radiogroup" aria-label="When it runs">
        <label>
          <input type="radio" name="when" checked={edits.isCron} onChange={() => onChange({ isCron: true })} /> At times of the clock
        </label>
        <label>
          <input type="radio" name="when" checked={!edits.isCron} onChange={() => onChange({ isCron: false })} /> At an interval
        </label>
      </div>
      {edits.isCron ? (
        <div className={styles.facts}>
          <Field label="Cron line" hint="Minute, hour, day of the month, month, day of the week; or @daily and its like" problem={isZoneWrong ? undefined : problem}>
            <input className={styles.code} value={edits.cron} maxLength={200} placeholder="30 2 * * MON-FRI" onChange={(event) => onChange({ cron: event.target.value })} />
          </Field>
          <Field label="Time zone" hint="On the clocks of this zone" problem={isZoneWrong ? problem : undefined}>
            <input list="time-zones" value={edits.timezone} maxLength={64} placeholder="Europe/Berlin" onChange={(event) => onChange({ timezone: event.target.value })} />
          </Field>
          <datalist id="time-zones">
            {ZONES.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </div>
      ) : (
        <div className={styles.facts}>
          <Field label="Every" hint="It keeps its rhythm from when it is saved" problem={wrong.get('every') ?? problem}>
            <input inputMode="numeric" value={edits.every} onChange={(event) => onChange({ every: event.target.value })} />
          </Field>
          <Field label="Unit">
            <select value={edits.unit} onChange={(event) => onChange({ unit: event.target.value as Unit })}>
              {Object.keys(UNITS).map((unit) => (
                <option key={unit} value={unit}>
                  {unit}
                </option>
              ))}
            </select>
          </Field>
        </div>
      )}
    </>
  )
}

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
