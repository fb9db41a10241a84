import styles from './Filters.module.css'

interface Props {
  label: string
  all: string
  options: readonly (readonly [value: string, label: string])[]
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** One of several, or all. What is chosen stays to be seen even where it is no more. */
export function Choice({ label, all, options, value, onChange }: Props) {
  const isUnknown = value !== undefined && !options.some(([one]) => one === value)
  return (
    <select className={styles.choice} data-set={value !== undefined} aria-label={label} value={value ?? ''} onChange={(event) => onChange(event.target.value || undefined)}>
      <option value="">{all}</option>
      {isUnknown && <option value={value}>{value}</option>}
      {options.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </select>
  )
}
