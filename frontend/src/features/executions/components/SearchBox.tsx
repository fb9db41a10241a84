import { useRef, useState } from 'react'
import { useKeys } from '@/lib/keys'
import { Icon } from '@/ui/Icon'
import { StatusIcon } from '@/ui/StatusIcon'
import { termsOf, valuesOf, withoutTerm, withValues } from '../search'
import { STATUS, type Status } from '../status'
import styles from './SearchBox.module.css'

interface Props {
  q: string
  /** What is wrong with the search, and the nearest right word. */
  problem: string | undefined
  onChange: (q: string) => void
}

const SINCE: [value: string, label: string][] = [
  ['', 'Any time'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
]

/** Terms as chips, and a field for the next one; the buttons beside it only write terms. */
export function SearchBox({ q, problem, onChange }: Props) {
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  useKeys({ '/': () => field.current?.focus() })
  const terms = termsOf(q)
  const add = (): void => {
    if (!typed.trim()) return
    onChange([q, typed.trim()].filter(Boolean).join(' '))
    setTyped('')
  }
  const pressed = (event: React.KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') add()
    if (event.key === 'Escape') event.currentTarget.blur()
    if (event.key === 'Backspace' && typed === '' && terms.length > 0) {
      setTyped(terms.at(-1) ?? '')
      onChange(withoutTerm(q, terms.length - 1))
      event.preventDefault()
    }
  }
  const statuses = valuesOf(q, 'status')
  const toggle = (status: Status): void =>
    onChange(withValues(q, 'status', statuses.includes(status) ? statuses.filter((one) => one !== status) : [...statuses, status]))
  const since = valuesOf(q, 'since')[0] ?? ''
  return (
    <div className={styles.search} role="search" aria-label="Runs">
      <div className={styles.box} data-wrong={problem !== undefined}>
        <Icon name="search" size={14} />
        {terms.map((term, index) => (
          <span key={`${term} ${index}`} className={styles.term}>
            {term}
            <button type="button" aria-label={`Remove ${term}`} onClick={() => onChange(withoutTerm(q, index))}>
              <Icon name="close" size={10} />
            </button>
          </span>
        ))}
        <input
          ref={field}
          className={styles.input}
          value={typed}
          aria-label="Search runs"
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : 'search-problem'}
          placeholder={terms.length > 0 ? '' : 'flow:checkout env:staging error:"timed out" since:24h -tag:smoke'}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={pressed}
          onBlur={add}
        />
        <kbd className={styles.key}>/</kbd>
      </div>
      <div className={styles.statuses} role="group" aria-label="Status">
        {(Object.keys(STATUS) as Status[]).map((status) => (
          <button key={status} type="button" className={styles.status} aria-pressed={statuses.includes(status)} onClick={() => toggle(status)}>
            <StatusIcon tone={STATUS[status].tone} size={12} />
            {STATUS[status].label}
          </button>
        ))}
      </div>
      <select className={styles.since} aria-label="Started" value={SINCE.some(([value]) => value === since) ? since : ''} onChange={(event) => onChange(withValues(q, 'since', [event.target.value].filter(Boolean)))}>
        {SINCE.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <label className={styles.date}>
        <span className="spoken">From the day</span>
        <input type="date" value={/^\d{4}-\d{2}-\d{2}$/.test(since) ? since : ''} onChange={(event) => onChange(withValues(q, 'since', [event.target.value].filter(Boolean)))} />
      </label>
      {problem !== undefined && (
        <p id="search-problem" className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
