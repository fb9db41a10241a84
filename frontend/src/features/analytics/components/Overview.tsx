import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { analyticsQueries, csvAddress } from '../api/queries'
import { USUAL_HEALTH } from '../flaky'
import { problemOf } from '../problem'
import type { Scope } from '../search'
import { CoverageCard } from './CoverageCard'
import { DurationCard } from './DurationCard'
import { FailureTable } from './FailureTable'
import { FlakySteps } from './FlakySteps'
import { Incidents } from './Incidents'
import { LeftOut } from './LeftOut'
import styles from './Overview.module.css'
import { Nothing, Panel } from './Panel'
import { RatesTable } from './RatesTable'
import { RateTrend } from './RateTrend'
import { Tiles } from './Tiles'

interface Props {
  scope: Scope
  mayQuarantine: boolean
  onChange: (part: Partial<Scope>) => void
}

const BESIDE_CHART = 222

/** How the flows are doing, on one page. Each part asks, waits and fails for itself. */
export function Overview({ scope, mayQuarantine, onChange }: Props) {
  const tiles = useQuery(analyticsQueries.tiles(scope))
  const trend = useQuery(analyticsQueries.passRate(scope))
  const rates = useQuery(scope.flow ? analyticsQueries.passRateOfEnvironments(scope) : analyticsQueries.passRateOfFlows(scope))
  const flaky = useQuery(analyticsQueries.flakySteps(scope, USUAL_HEALTH))
  const incidents = useQuery(analyticsQueries.incidents(scope))
  const failures = useQuery(analyticsQueries.recurring(scope))
  const isUnreachable = tiles.isError && trend.isError && flaky.isError
  if (isUnreachable && !tiles.data) {
    return <Notice role="alert" title={tiles.error.message} detail="The numbers could not be read." action={{ label: 'Try again', run: () => void Promise.all([tiles.refetch(), trend.refetch(), flaky.refetch()]) }} />
  }
  const by = scope.flow ? 'environment' : 'flow'
  return (
    <div className={styles.body}>
      {tiles.isError && !tiles.data ? <Panel title="Numbers" problem={problemOf(tiles)}>{null}</Panel> : <Tiles tiles={tiles.data} isOld={tiles.isPlaceholderData} />}
      <div className={styles.two}>
        <RateTrend trend={trend.data} isByHour={scope.hours !== undefined} csv={csvAddress('/pass-rate', scope)} problem={problemOf(trend)} isOld={trend.isPlaceholderData} />
        <Panel
          title={`Pass rate by ${by}`}
          note={trend.data && <LeftOut trend={trend.data} />}
          aside={<a href={csvAddress(`/pass-rate/${by}s`, scope)} download>CSV</a>}
          height={BESIDE_CHART}
          problem={problemOf(rates)}
          isOld={rates.isPlaceholderData}
        >
          {rates.data?.length === 0 && <Nothing>No run ended in this time.</Nothing>}
          {rates.data && rates.data.length > 0 && (
            <RatesTable rates={rates.data} label={`Pass rate by ${by}`} name={by === 'flow' ? 'Flow' : 'Environment'} height={BESIDE_CHART} onChoose={(name) => onChange(by === 'flow' ? { flow: name } : { env: name || 'none' })} />
          )}
        </Panel>
      </div>
      <Panel
        title="Flaky steps, by minutes lost"
        note="last 100 results of 14 days, whatever the period; incidents left out"
        aside={<a href={csvAddress('/flaky-steps', scope, { health: USUAL_HEALTH, order: 'lost' })} download>CSV</a>}
        problem={problemOf(flaky)}
        isOld={flaky.isPlaceholderData}
      >
        {flaky.isPending && <Skeleton rows={5} height={46} />}
        {flaky.data?.length === 0 && <Nothing>No step is flaky. One with two retries or short failures in its last hundred results would stand here.</Nothing>}
        {flaky.data && flaky.data.length > 0 && <FlakySteps steps={flaky.data} mayQuarantine={mayQuarantine} />}
      </Panel>
      <div className={styles.two}>
        <DurationCard scope={scope} />
        <CoverageCard scope={scope} />
      </div>
      {incidents.data && incidents.data.length > 0 && (
        <Panel title="Incidents" note="many flows failed at once: they count for no step's flakiness" isOld={incidents.isPlaceholderData}>
          <Incidents incidents={incidents.data} />
        </Panel>
      )}
      <Panel
        title="Recurring failures"
        note="one row for each distinct failure, last seen first"
        aside={
          <>
            <Link to="/analytics/failures" search={scope}>
              all of them
            </Link>
            <a href={csvAddress('/failures', scope, { recurring: 'true', state: 'open,acknowledged' })} download>
              CSV
            </a>
          </>
        }
        problem={problemOf(failures)}
        isOld={failures.isPlaceholderData}
      >
        {failures.isPending && <Skeleton rows={4} height={30} />}
        {failures.data?.items.length === 0 && <Nothing>No failure came back in this time.</Nothing>}
        {failures.data && failures.data.items.length > 0 && <FailureTable groups={failures.data.items} />}
      </Panel>
    </div>
  )
}
