import { Icon } from '@/ui/Icon'
import { StatusIcon } from '@/ui/StatusIcon'
import { valuesOf, withValues } from '../search'
import { STATUS, type Status } from '../status'
import { FilterMenu } from './FilterMenu'
import styles from './FilterMenu.module.css'
import { TRIGGER_ICONS, TRIGGER_WORDS } from './TriggeredBy'

interface Props {
  q: string
  onChange: (q: string) => void
}

const STATUSES = (Object.keys(STATUS) as Status[]).map((value) => ({ value, label: STATUS[value].label, icon: <StatusIcon tone={STATUS[value].tone} /> }))
const TRIGGERS = Object.entries({ ...TRIGGER_WORDS, rerun: 'Run again' }).map(([value, label]) => ({ value, label, icon: <Icon name={TRIGGER_ICONS[value] ?? 'rerun'} size={14} /> }))
const SINCE = [
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
]

/** Status, trigger and date, as terms of the search. */
export function FilterMenus({ q, onChange }: Props) {
  const toggle = (word: string, value: string): void => {
    const before = valuesOf(q, word)
    onChange(withValues(q, word, before.includes(value) ? before.filter((one) => one !== value) : [...before, value]))
  }
  const set = (word: 'since' | 'until', value: string): void => onChange(withValues(q, word, value ? [value] : []))
  const [since, until] = [valuesOf(q, 'since')[0] ?? '', valuesOf(q, 'until')[0] ?? '']
  return (
    <>
      <FilterMenu label="Status" options={STATUSES} chosen={valuesOf(q, 'status')} onToggle={(value) => toggle('status', value)} isMany />
      <FilterMenu label="Trigger" options={TRIGGERS} chosen={valuesOf(q, 'trigger')} onToggle={(value) => toggle('trigger', value)} isMany />
      <FilterMenu label="Date" options={SINCE} chosen={[since, until].filter(Boolean)} onToggle={(value) => set('since', value === since ? '' : value)}>
        <div className={styles.days}>
          <Day label="From the day" value={since} onChange={(value) => set('since', value)} />
          <Day label="Until the day" value={until} onChange={(value) => set('until', value)} />
        </div>
      </FilterMenu>
    </>
  )
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className={styles.day}>
      {label}
      <input type="date" value={/^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] ?? ''} onChange={(event) => onChange(event.target.value)} />
    </label>
  )
}
