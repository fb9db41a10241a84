/** A triangle: what to look at, and blocks nothing. */
export function WarningIcon({ label, size = 14 }: { label?: string; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 14 14"
      fill="none"
      stroke="var(--retry)"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      style={{ flex: 'none' }}
    >
      <path d="M7 1.5 13 12.3H1zM7 5.6v3M7 10.4v.1" />
    </svg>
  )
}
