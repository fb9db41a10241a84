import { useState } from 'react'
import { DayBars, HEIGHT } from './DayBars'
import { DayBarsTable } from './DayBarsTable'
import { Nothing, Panel } from './Panel'
import { type View, ViewChoice } from './ViewChoice'

/** When it happened, as bars or in numbers. */
export function ByDay({ days }: { days: readonly { day: string; n: number; q: string }[] }) {
  const [view, setView] = useState<View>('chart')
  return (
    <Panel title="Runs that failed so, by day" note="the last 60 days; each bar opens its runs" aside={days.length > 0 && <ViewChoice value={view} onChange={setView} />}>
      {days.length === 0 && <Nothing>None in the last 60 days.</Nothing>}
      {days.length > 0 && (view === 'chart' ? <DayBars days={days} /> : <DayBarsTable days={days} height={HEIGHT} />)}
    </Panel>
  )
}
