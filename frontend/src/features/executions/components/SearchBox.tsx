import { useRef, useState } from 'react'
import { useKeys } from '@/lib/keys'
import { Icon } from '@/ui/Icon'
import { termsOf, withoutTerm } from '../search'
import { FilterMenus } from './FilterMenus'
import styles from './SearchBox.module.css'

interface Props {
  q: string
  /** What is wrong with the search, and the nearest right word. */
  problem: string | undefined
  onChange: (q: string) => void
}

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
          placeholder={terms.length > 0 ? 'flow, step, error text …' : 'flow:checkout env:staging error:"timed out" since:24h -tag:smoke'}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={pressed}
          onBlur={add}
        />
        <kbd className={styles.key}>/</kbd>
      </div>
      <FilterMenus q={q} onChange={onChange} />
      {problem !== undefined && (
        <p id="search-problem" className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
