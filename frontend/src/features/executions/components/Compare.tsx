import { Link } from '@tanstack/react-router'
import { Card } from '@/ui/Card'
import { CopyButton } from '@/ui/CopyButton'
import type { Comparison } from '../api/comparing'
import type { CompareSearch } from '../compareSearch'
import { CompareRuns } from './CompareRuns'
import { CompareStep } from './CompareStep'
import { CompareSteps } from './CompareSteps'
import { Changes, EnvironmentWords, FlowWords, ServiceWords } from './SinceLastPass'
import styles from './comparing.module.css'

interface Props {
  comparison: Comparison
  search: CompareSearch
  onSearch: (change: Partial<CompareSearch>) => void
  onChoose: (change: { left?: number; right?: number }) => void
}

/** Two runs: what they ran with first, then their steps, then one step. */
export function Compare({ comparison, search, onSearch, onChoose }: Props) {
  const { left, right, since, steps } = comparison
  const openPath = search.step ?? steps.find((one) => one.is_different)?.path
  const isThere = steps.some((one) => one.path === openPath)
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Link to="/executions">Executions</Link>
        <span className={styles.slash} aria-hidden="true">/</span>
        <Link to="/executions/$executionId" params={{ executionId: String(right.id) }}>#{right.id}</Link>
        <span className={styles.slash} aria-hidden="true">/</span>
        <h1 className={styles.title}>Compare</h1>
        <span className={styles.of}>{`${right.flow_name}${right.environment ? ` on ${right.environment}` : ''}`}</span>
        <span className={styles.space} />
        <span className={styles.toggle} role="group" aria-label="Which steps">
          <button type="button" aria-pressed={!search.all} onClick={() => onSearch({ all: undefined })}>
            Differences only
          </button>
          <button type="button" aria-pressed={Boolean(search.all)} onClick={() => onSearch({ all: true })}>
            All {steps.length} steps
          </button>
        </span>
        <CopyButton text={() => shareable(left?.id)} label="Copy link" icon="link" />
      </header>
      <CompareRuns comparison={comparison} onChoose={onChoose} />
      {since && left && (
        <>
          <dl className={styles.facts}>
            <Fact name="Flow">{left.flow === right.flow ? <FlowWords since={since} /> : <>two flows: {left.flow_name} and {right.flow_name}</>}</Fact>
            <Fact name="Environment"><EnvironmentWords since={since} /></Fact>
            <Fact name="Overrides">{since.overrides.length > 0 ? <Changes of={since.overrides} /> : 'the same'}</Fact>
            <Fact name="Services seen">{since.services.length > 0 ? <ServiceWords since={since} /> : 'none told its version'}</Fact>
          </dl>
          <CompareSteps comparison={comparison} isAll={Boolean(search.all)} openPath={openPath} onOpen={(path) => onSearch({ step: path })} />
          {openPath && isThere && <CompareStep left={left.id} right={right.id} path={openPath} part={search.part ?? 'response'} onPart={(part) => onSearch({ part })} />}
          {search.step && !isThere && <div className={styles.card}><Card title={search.step}><p className={styles.quiet}>Neither run has this step.</p></Card></div>}
        </>
      )}
    </div>
  )
}

/** The address with the other run in it: which one passed last may change. */
function shareable(left: number | undefined): string {
  const address = new URL(location.href)
  if (left !== undefined) address.searchParams.set('with', String(left))
  return address.href
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
