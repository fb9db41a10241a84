import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'

const SHOWN = 3

export function FlowLinks({ flows }: { flows: readonly string[] }) {
  if (flows.length === 0) return <>—</>
  return (
    <>
      {flows.slice(0, SHOWN).map((slug, index) => (
        <Fragment key={slug}>
          {index > 0 && ', '}
          <Link to="/flows/$slug" params={{ slug }}>
            {slug}
          </Link>
        </Fragment>
      ))}
      {flows.length > SHOWN && <span title={flows.slice(SHOWN).join(', ')}> and {flows.length - SHOWN} more</span>}
    </>
  )
}
