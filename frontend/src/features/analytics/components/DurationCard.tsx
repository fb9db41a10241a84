import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { analyticsQueries } from '../api/queries'
import { marksOf } from '../durations'
import { problemOf } from '../problem'
import type { Scope } from '../search'
import { DurationChart } from './DurationChart'
import { DurationTable } from './DurationTable'
import { Nothing, Panel } from './Panel'
import { type View, ViewChoice } from './ViewChoice'

const HEIGHT = 196

/** The flow that is asked for, or the one that became slower most. */
export function DurationCard({ scope }: { scope: Scope }) {
  const speeds = useQuery({ ...analyticsQueries.durations(scope), enabled: scope.flow === undefined })
  const flow = scope.flow ?? speeds.data?.[0]?.flow
  const found = useQuery({ ...analyticsQueries.durationsOfFlow({ ...scope, flow }), enabled: flow !== undefined })
  const [view, setView] = useState<View>('chart')
  const by = scope.hours ? 'hour, UTC' : 'day'
  const isNone = speeds.data?.length === 0 || found.data?.points.length === 0
  return (
    <Panel
      title={flow ? `Duration of ${flow}` : 'Duration'}
      note={scope.flow ? `passed runs by ${by}` : `the flow that became slower most; passed runs by ${by}`}
      height={HEIGHT}
      problem={problemOf(scope.flow === undefined ? speeds : found) ?? problemOf(found)}
      isOld={found.isPlaceholderData}
      aside={
        <>
          <ViewChoice value={view} onChange={setView} />
          <Link to="/analytics/durations" search={scope}>
            all durations
          </Link>
        </>
      }
    >
      {isNone && <Nothing>No run passed in this time.</Nothing>}
      {found.data && found.data.points.length > 0 && view === 'table' && <DurationTable label={`Duration of ${flow ?? ''}`} points={found.data.points} height={HEIGHT} />}
      {found.data && found.data.points.length > 0 && view === 'chart' && <DurationChart label={`Duration of ${flow ?? ''}`} points={found.data.points} marks={marksOf(found.data.environments)} height={HEIGHT} />}
    </Panel>
  )
}
