import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useKeys } from '@/lib/keys'
import { Icon } from '@/ui/Icon'
import { flowQueries } from '../api/queries'
import type { FlowListSearch } from '../search'
import styles from './FlowFilters.module.css'

const PAUSE = 250

/** Text, tag and suite; what is chosen stands in the address. */
export function FlowFilters({ search, onChange }: { search: FlowListSearch; onChange: (part: Partial<FlowListSearch>) => void }) {
  const [text, setText] = useState(search.q ?? '')
  const words = useQuery(flowQueries.words)
  const box = useRef<HTMLInputElement>(null)
  useKeys({ '/': () => box.current?.focus() })
  useEffect(() => {
    if (text === (search.q ?? '')) return
    const timer = window.setTimeout(() => onChange({ q: text || undefined }), PAUSE)
    return () => window.clearTimeout(timer)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is typed counts, not who listens
  }, [text])
  return (
    <div className={styles.filters} role="search">
      <label className={styles.box}>
        <Icon name="search" size={14} />
        <input ref={box} className={styles.input} type="search" placeholder="Name, slug or description" aria-label="Search flows" value={text} onChange={(event) => setText(event.target.value)} />
        <kbd className={styles.key}>/</kbd>
      </label>
      <Choice label="Tag" all="All tags" words={words.data?.tags ?? []} value={search.tag} onChange={(tag) => onChange({ tag })} />
      <Choice label="Suite" all="All suites" words={words.data?.suites ?? []} value={search.suite} onChange={(suite) => onChange({ suite })} />
      <label className={styles.check}>
        <input type="checkbox" checked={search.archived ?? false} onChange={(event) => onChange({ archived: event.target.checked || undefined })} />
        Archived
      </label>
    </div>
  )
}

interface ChoiceProps {
  label: string
  all: string
  words: { name: string; flows: number }[]
  value: string | undefined
  onChange: (value: string | undefined) => void
}

function Choice({ label, all, words, value, onChange }: ChoiceProps) {
  const isUnknown = value !== undefined && !words.some((one) => one.name === value)
  return (
    <select className={styles.choice} data-set={value !== undefined} aria-label={label} value={value ?? ''} onChange={(event) => onChange(event.target.value || undefined)}>
      <option value="">{all}</option>
      {isUnknown && <option value={value}>{value}</option>}
      {words.map((one) => (
        <option key={one.name} value={one.name}>
          {one.name} ({one.flows})
        </option>
      ))}
    </select>
  )
}
