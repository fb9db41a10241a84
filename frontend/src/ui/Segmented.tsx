import styles from './Segmented.module.css'

interface Props<Value extends string> {
  label: string
  value: Value
  options: readonly (readonly [value: Value, label: string])[]
  onChange: (value: Value) => void
}

/** Two or three ways to see the same thing; one of them is on. */
export function Segmented<Value extends string>({ label, value, options, onChange }: Props<Value>) {
  return (
    <span className={styles.segmented} role="group" aria-label={label}>
      {options.map(([one, text]) => (
        <button key={one} type="button" className={styles.one} aria-pressed={one === value} onClick={() => onChange(one)}>
          {text}
        </button>
      ))}
    </span>
  )
}
