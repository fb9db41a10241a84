import { useEffect, useRef, useState } from 'react'
import { useKeys } from '@/lib/keys'
import { Icon } from '@/ui/Icon'
import { StatusIcon } from '@/ui/StatusIcon'
import type { ListSearch } from '../search'
import { STATUS, type Status } from '../status'
import styles from './ListFilters.module.css'

interface Props {
  search: ListSearch
  onChange: (search: ListSearch) => void
}

/** Every filter writes the address of the page, and reads it. */
export function ListFilters({ search, onChange }: Props) {
  const first = useRef<HTMLInputElement>(null)
  useKeys({ '/': () => first.current?.focus() })
  const set = (name: keyof ListSearch, value: string): void => {
    onChange({ ...search, cursor: undefined, [name]: value || undefined })
  }
  const chosen = new Set((search.status ?? '').split(',').filter(Boolean))
  const toggle = (status: Status): void => {
    const next = chosen.has(status) ? [...chosen].filter((one) => one !== status) : [...chosen, status]
    set('status', next.join(','))
  }
  return (
    <form className={styles.filters} role="search" aria-label="Runs" onSubmit={(event) => event.preventDefault()}>
      <TextFilter field={first} label="Flow" icon placeholder="checkout" value={search.flow ?? ''} onSettle={(value) => set('flow', value)} />
      <TextFilter label="Environment" placeholder="any" value={search.environment ?? ''} onSettle={(value) => set('environment', value)} />
      <div className={styles.statuses} role="group" aria-label="Status">
        {(Object.keys(STATUS) as Status[]).map((status) => (
          <button key={status} type="button" className={styles.status} aria-pressed={chosen.has(status)} onClick={() => toggle(status)}>
            <StatusIcon tone={STATUS[status].tone} size={12} />
            {STATUS[status].label}
          </button>
        ))}
      </div>
      <label className={styles.field}>
        <span>From</span>
        <input type="datetime-local" value={search.since ?? ''} onChange={(event) => set('since', event.target.value)} />
      </label>
      <label className={styles.field}>
        <span>To</span>
        <input type="datetime-local" value={search.until ?? ''} onChange={(event) => set('until', event.target.value)} />
      </label>
    </form>
  )
}

interface TextProps {
  field?: React.RefObject<HTMLInputElement | null>
  label: string
  icon?: boolean
  placeholder: string
  value: string
  onSettle: (value: string) => void
}

const SETTLE = 300

/** Writes when somebody pauses, or presses Enter. */
function TextFilter({ field, label, icon = false, placeholder, value, onSettle }: TextProps) {
  const [typed, setTyped] = useState(value)
  const [from, setFrom] = useState(value)
  if (from !== value) {
    setFrom(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === value) return
    const timer = window.setTimeout(() => onSettle(typed.trim()), SETTLE)
    return () => window.clearTimeout(timer)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only typing starts the pause
  }, [typed])
  return (
    <label className={styles.field}>
      {icon && <Icon name="search" size={14} />}
      <span>{label}</span>
      <input
        ref={field}
        value={typed}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onSettle(typed.trim())
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {icon && <kbd className={styles.key}>/</kbd>}
    </label>
  )
}
