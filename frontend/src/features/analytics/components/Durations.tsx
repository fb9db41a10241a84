import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Skeleton } from '@/ui/Skeleton'
import { analyticsQueries, csvAddress } from '../api/queries'
import type { DurationSearch } from '../durationSearch'
import { marksOf } from '../durations'
import { stepName } from '../flaky'
import { problemOf } from '../problem'
import { ChangeList } from './ChangeList'
import { DurationChart } from './DurationChart'
import { DurationTable } from './DurationTable'
import overview from './Overview.module.css'
import { Nothing, Panel } from './Panel'
import { SpeedTable } from './SpeedTable'
import { StepSpeeds } from './StepSpeeds'
import { type View, ViewChoice } from './ViewChoice'

interface Props {
  search: DurationSearch
  onChange: (part: Partial<DurationSearch>) => void
}

const HEIGHT = 262

/** How long flows take: all of them side by side, or one with its steps. */
export function Durations({ search, onChange }: Props) {
  return <div className={overview.body}>{search.flow ? <OfFlow search={search} flow={search.flow} onChange={onChange} /> : <OfAll search={search} onChange={onChange} />}</div>
}

function OfAll({ search, onChange }: Props) {
  const speeds = useQuery(analyticsQueries.durations(search))
  return (
    <Panel
      title="Durations of flows"
      note="passed runs; the change is against as much time before; those that became slower first"
      aside={
        <a href={csvAddress('/durations', search)} download>
          CSV
        </a>
      }
      problem={problemOf(speeds)}
      isOld={speeds.isPlaceholderData}
    >
      {speeds.isPending && <Skeleton rows={10} height={26} />}
      {speeds.data?.length === 0 && <Nothing>No run passed in this time.</Nothing>}
      {speeds.data && speeds.data.length > 0 && <SpeedTable speeds={speeds.data} onChoose={(flow) => onChange({ flow })} />}
    </Panel>
  )
}

function OfFlow({ search, flow, onChange }: Props & { flow: string }) {
  const whole = useQuery(analyticsQueries.durationsOfFlow(search))
  const step = useQuery({ ...analyticsQueries.durationsOfStep(search, search.step ?? ''), enabled: search.step !== undefined })
  const shown = search.step === undefined ? whole : step
  const [view, setView] = useState<View>('chart')
  const marks = marksOf(shown.data?.environments ?? [])
  const name = search.step === undefined ? flow : stepName(search.step)
  const csv = search.step === undefined ? csvAddress('/durations/flow', search) : csvAddress('/durations/step', search, { key: search.step })
  return (
    <>
      <div className={overview.two}>
        <Panel
          title={search.step === undefined ? `Duration of ${name}` : `Duration of the step ${name}`}
          note={`passed only, by ${search.hours ? 'hour, UTC' : 'day'} · solid: median · dashed: 95 of 100 are quicker`}
          height={HEIGHT}
          problem={problemOf(shown)}
          isOld={shown.isPlaceholderData}
          aside={
            <>
              {search.step !== undefined && (
                <button type="button" className={overview.back} onClick={() => onChange({ step: undefined })}>
                  the whole flow
                </button>
              )}
              <ViewChoice value={view} onChange={setView} />
              <a href={csv} download>
                CSV
              </a>
            </>
          }
        >
          {shown.data?.points.length === 0 && <Nothing>Nothing of it passed in this time.</Nothing>}
          {shown.data && shown.data.points.length > 0 && (view === 'chart' ? <DurationChart label={`Duration of ${name}`} points={shown.data.points} marks={marks} height={HEIGHT} /> : <DurationTable label={`Duration of ${name}`} points={shown.data.points} height={HEIGHT} />)}
        </Panel>
        <Panel title="Where it changed" note="medians that differ for good, by environment" isOld={shown.isPlaceholderData}>
          {shown.data && <ChangeList marks={marks} />}
        </Panel>
      </div>
      <Panel title="Steps" note="the longest first · bar: median · tick: p95 · a step shows above when it is chosen" problem={problemOf(whole)} isOld={whole.isPlaceholderData}>
        {whole.isPending && <Skeleton rows={8} height={26} />}
        {whole.data?.steps.length === 0 && <Nothing>No step passed in this time.</Nothing>}
        {whole.data && whole.data.steps.length > 0 && <StepSpeeds steps={whole.data.steps} chosen={search.step} onChoose={(key) => onChange({ step: key })} />}
      </Panel>
    </>
  )
}
