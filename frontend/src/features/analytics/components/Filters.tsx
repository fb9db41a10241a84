import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { environmentsQuery } from '@/lib/names'
import { Button } from '@/ui/Button'
import { FlowInput } from '@/ui/FlowInput'
import { Icon } from '@/ui/Icon'
import { analyticsQueries } from '../api/queries'
import { type Scope, USUAL_DAYS } from '../search'
import { Choice } from './Choice'
import styles from './Filters.module.css'
import { Period } from './Period'

interface Props {
  scope: Scope
  onChange: (part: Partial<Scope>) => void
  without: readonly (keyof Scope)[]
}

const TRIGGERS = [
  ['user', 'By hand'],
  ['schedule', 'By a schedule'],
  ['api', 'Over the API'],
  ['cli', 'By the CLI'],
  ['webhook', 'By a webhook'],
  ['flow', 'By a flow'],
] as const

/** What the numbers are about. A filter that means nothing on a page is not shown there. */
export function Filters({ scope, onChange, without }: Props) {
  const environments = useQuery(environmentsQuery)
  const words = useQuery(analyticsQueries.words)
  const names = environments.data?.map((one) => one.name) ?? []
  const isNarrowed = [scope.flow, scope.env, scope.tag, scope.trigger, scope.since, scope.until, scope.days, scope.hours].some((one) => one !== undefined)
  const clear = (): void => onChange({ flow: undefined, env: undefined, tag: undefined, trigger: undefined, since: undefined, until: undefined, days: undefined, hours: undefined })
  return (
    <div className={styles.filters} role="search" aria-label="Narrow the numbers">
      {isNarrowed && (
        <Button onClick={clear} aria-label="Clear the filters">
          <Icon name="close" size={12} />
          Clear
        </Button>
      )}
      <FlowFilter key={scope.flow ?? ''} value={scope.flow} onChange={(flow) => onChange({ flow })} />
      <Choice label="Environment" all="All environments" options={[...names.map((one) => [one, one] as const), ['none', 'Without one'] as const]} value={scope.env} onChange={(env) => onChange({ env })} />
      {!without.includes('tag') && <Choice label="Tag" all="All tags" options={words.data?.tags.map((one) => [one.name, one.name] as const) ?? []} value={scope.tag} onChange={(tag) => onChange({ tag })} />}
      {!without.includes('trigger') && <Choice label="Trigger" all="All triggers" options={TRIGGERS} value={scope.trigger} onChange={(trigger) => onChange({ trigger })} />}
      <Period days={scope.days ?? USUAL_DAYS} hours={scope.hours} hasHours={!without.includes('hours')} since={scope.since} until={scope.until} onChange={onChange} />
    </div>
  )
}

/** A flow counts once its name is complete: chosen from the list, or typed and left. */
function FlowFilter({ value = '', onChange }: { value: string | undefined; onChange: (flow: string | undefined) => void }) {
  const [text, setText] = useState(value)
  const take = (slug: string): void => {
    if (slug.trim() !== value) onChange(slug.trim() || undefined)
  }
  useEffect(() => {
    if (text === '' && value !== '') onChange(undefined)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is typed counts, not who listens
  }, [text])
  return (
    <form
      className={styles.flow}
      data-set={value !== ''}
      onSubmit={(event) => {
        event.preventDefault()
        take(text)
      }}
    >
      <FlowInput aria-label="Flow" type="search" value={text} placeholder="All flows" onBlur={() => take(text)} onChange={setText} />
    </form>
  )
}
