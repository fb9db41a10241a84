import { Link } from '@tanstack/react-router'
import { Notice } from '@/ui/Notice'
import { PATHS } from '../paths'

export function NotFoundPage() {
  return (
    <>
      <Notice isPage title={`There is nothing at ${location.pathname}.`} />
      <p style={{ padding: '0 16px' }}>
        <Link to={PATHS.executions}>All executions</Link>
      </p>
    </>
  )
}
