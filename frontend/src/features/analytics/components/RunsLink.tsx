import { Link } from '@tanstack/react-router'

interface Props {
  /** The search that finds exactly what is counted. */
  q: string
  children: React.ReactNode
  label?: string | undefined
  className?: string | undefined
}

/** A number, and behind it the executions it is made of. */
export function RunsLink({ q, children, label, className }: Props) {
  return (
    <Link to="/executions" search={{ q }} preload={false} className={className} aria-label={label}>
      {children}
    </Link>
  )
}
