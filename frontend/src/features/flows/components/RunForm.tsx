import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { durationText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Icon } from '@/ui/Icon'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { flowQueries, startFlow } from '../api/queries'
import type { Execution, Saved } from '../api/types'
import { parseDuration, secondsText } from '../durations'
import { rememberEnvironment, rememberedEnvironment } from '../remembered'
import { labelsOf, type Row, rowsOf, variablesOf } from '../runOrder'
import { LastRuns } from './LastRuns'
import styles from './RunForm.module.css'
import { RunVariables } from './RunVariables'

/** What the editor holds and nobody has saved. */
export interface Draft {
  firstErrorLine: number | null
  save: () => Promise<Saved | null>
}

interface Props {
  slug: string
  version: number
  draft?: Draft | undefined
  onStarted: (execution: Execution) => void
}

export function RunForm({ slug, version, draft, onStarted }: Props) {
  const text = useQuery(flowQueries.version(slug, version))
  const environments = useQuery(flowQueries.environments)
  const recent = useQuery(flowQueries.recent([slug]))
  const [environment, setEnvironment] = useState(rememberedEnvironment)
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [own, setOwn] = useState<Row[]>([])
  const [limit, setLimit] = useState('')
  const [labels, setLabels] = useState('')
  const [once, setOnce] = useState(() => crypto.randomUUID())
  const chosen = environments.data?.find((one) => one.name === environment)
  const rows = useMemo(
    () => [...rowsOf(text.data, chosen).map((row) => ({ ...row, text: typed[row.name] ?? '' })), ...own],
    [text.data, chosen, typed, own],
  )
  const { values, wrong } = variablesOf(rows)
  const seconds = limit ? parseDuration(limit) : undefined
  const named = labelsOf(labels)
  const start = useMutation({
    mutationFn: async (isDraft: boolean) => {
      const saved = isDraft && draft ? await draft.save() : null
      if (isDraft && !saved) return null
      const order = { flow: slug, version: saved?.version.number ?? version, variables: values, labels: named ?? {}, timeout: seconds ?? null }
      return startFlow(chosen ? { ...order, environment: chosen.name } : order, once)
    },
    onSuccess: (execution) => {
      setOnce(crypto.randomUUID())
      if (!execution) return
      rememberEnvironment(chosen?.name ?? '')
      onStarted(execution)
    },
    onError: () => setOnce(crypto.randomUUID()),
  })
  if (text.isPending || environments.isPending) return <Skeleton rows={6} height={44} />
  if (text.isError || environments.isError) {
    const retry = (): void => void Promise.all([text.refetch(), environments.refetch()])
    return <Notice role="alert" title={(text.error ?? environments.error)?.message ?? ''} action={{ label: 'Try again', run: retry }} />
  }
  const isWrong = wrong.size > 0 || seconds === null || named === null
  const usual = recent.data?.get(slug)?.usual_ms
  const setText = (name: string, value: string): void => setTyped((before) => ({ ...before, [name]: value }))
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isWrong && !start.isPending) start.mutate(draft !== undefined && draft.firstErrorLine === null)
      }}
    >
      <div className={styles.fields}>
        <Field label="Environment">
          <select value={chosen?.name ?? ''} onChange={(event) => setEnvironment(event.target.value)}>
            <option value="">None</option>
            {environments.data.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name} ({Object.keys(one.variables).length + one.secrets.length} variables)
              </option>
            ))}
          </select>
        </Field>
        <RunVariables rows={rows} wrong={wrong} onType={setText} onOwn={setOwn} own={own} />
        <div className={styles.pair}>
          <Field label="Time limit" problem={seconds === null ? 'Say 90s, 2m or 1m30s.' : undefined}>
            <input value={limit} placeholder={secondsText(text.data.timeout_seconds)} onChange={(event) => setLimit(event.target.value)} />
          </Field>
          <Field label="Labels" problem={named === null ? 'Say name=value.' : undefined}>
            <input value={labels} placeholder="commit=4f2a1c9" onChange={(event) => setLabels(event.target.value)} />
          </Field>
        </div>
        <div>
          <p className={styles.label}>Steps to run</p>
          <p className={styles.quiet}>
            {stepsText(text.data.steps)}
            {usual != null && ` Usually takes ${durationText(usual)}.`}
          </p>
        </div>
        {draft && draft.firstErrorLine !== null && (
          <p className={styles.refused} role="status">
            This draft cannot run yet. Fix line {draft.firstErrorLine}, or run version {version} as saved.
          </p>
        )}
        {start.isError && (
          <p className={styles.refused} role="alert">
            {start.error.message}
          </p>
        )}
      </div>
      <LastRuns recent={recent.data?.get(slug)} />
      <footer className={styles.foot}>
        {draft && (
          <Button disabled={isWrong || start.isPending} onClick={() => start.mutate(false)}>
            Run version {version}
          </Button>
        )}
        <Button type="submit" look="primary" disabled={isWrong || start.isPending || (draft !== undefined && draft.firstErrorLine !== null)}>
          <Icon name="play" size={12} />
          {draft ? 'Save and run' : `Run version ${version}`}
        </Button>
      </footer>
    </form>
  )
}

function stepsText(steps: { section: string; parent: string | null }[]): string {
  const top = steps.filter((step) => step.parent === null)
  const count = (section: string): number => top.filter((step) => step.section === section).length
  const parts = [[count('setup'), 'setup'], [count('steps'), 'steps'], [count('teardown'), 'teardown']] as const
  return `${parts.filter(([many]) => many > 0).map(([many, what]) => `${many} ${many === 1 && what === 'steps' ? 'step' : what}`).join(', ')}.`
}
