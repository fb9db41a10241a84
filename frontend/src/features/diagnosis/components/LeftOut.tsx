import { useState } from 'react'
import { countText } from '@/lib/time'
import type { Answer } from '../analysis'
import styles from './analysis.module.css'

/** How many claims are not shown, and why each; not their words, which are what could not be proved. */
export function LeftOut({ claims }: { claims: Answer['left_out'] }) {
  const [isOpen, setOpen] = useState(false)
  if (claims.length === 0) return <span className={styles.quiet}>Every claim was checked against its evidence.</span>
  return (
    <span className={styles.leftOut}>
      <button type="button" className={styles.link} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {countText(claims.length, 'claim')} left out, not proved
      </button>
      {isOpen && (
        <ul>
          {claims.map((one, index) => (
            <li key={index}>
              {one.part.replaceAll('_', ' ')}: {one.why}
            </li>
          ))}
        </ul>
      )}
    </span>
  )
}
