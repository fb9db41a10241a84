import { countText } from '@/lib/time'
import type { Trend } from '../api/types'
import { RunsLink } from './RunsLink'

/** What ended and says nothing of the flows: a rate is not made of it. */
export function LeftOut({ trend }: { trend: Trend }) {
  const { cancelled, platform } = trend.total
  if (cancelled + platform === 0) return null
  return (
    <>
      Left out: <RunsLink q={`${trend.q} status:cancelled`}>{cancelled.toLocaleString('en-GB')} cancelled</RunsLink>
      {platform > 0 && (
        <>
          , <RunsLink q={`${trend.q} status:failed kind:worker_lost`}>{countText(platform, 'run')} lost with a worker</RunsLink>
        </>
      )}
    </>
  )
}
