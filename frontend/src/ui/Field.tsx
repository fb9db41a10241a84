import { cloneElement, isValidElement, useId } from 'react'
import styles from './Field.module.css'

interface Props {
  label: string
  hint?: string | undefined
  problem?: string | undefined
  /** One input, select or textarea. */
  children: React.ReactElement<React.HTMLAttributes<HTMLElement>>
}

/** A labelled control, with what is wrong with it right below. */
export function Field({ label, hint, problem, children }: Props) {
  const id = useId()
  const note = problem ?? hint
  const described = { id, ...(note ? { 'aria-describedby': `${id}-note` } : {}), ...(problem ? { 'aria-invalid': true } : {}) }
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {isValidElement(children) && cloneElement(children, described)}
      {note && (
        <p id={`${id}-note`} className={problem ? styles.problem : styles.hint}>
          {note}
        </p>
      )}
    </div>
  )
}
