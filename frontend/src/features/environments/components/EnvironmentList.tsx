import { Link } from '@tanstack/react-router'
import { countText, momentText, wholeMomentText } from '@/lib/time'
import { statusLook } from '@/ui/runStatus'
import { StatusIcon } from '@/ui/StatusIcon'
import type { Environment, Usage } from '../api/types'
import styles from './EnvironmentList.module.css'

const NAMED = 3

export function EnvironmentList({ environments, usage }: { environments: Environment[]; usage: ReadonlyMap<string, Usage> | undefined }) {
  return (
    <div className={styles.list} role="table" aria-label="Environments">
      <div className={styles.head} role="row">
        <span role="columnheader">Environment</span>
        <span role="columnheader" className={styles.right}>
          Variables
        </span>
        <span role="columnheader" className={styles.right}>
          Secrets
        </span>
        <span role="columnheader">Used by, lately</span>
        <span role="columnheader">Revision</span>
        <span role="columnheader">Changed</span>
      </div>
      {environments.map((environment) => (
        <div key={environment.name} className={styles.row} role="row" data-environment={environment.name}>
          <span role="cell" className={styles.about}>
            <Link to="/environments/$name" params={{ name: environment.name }} className={styles.name}>
              {environment.name}
            </Link>
            {environment.description && <span className={styles.quiet}>{environment.description}</span>}
          </span>
          <span role="cell" className={styles.right}>
            {Object.keys(environment.variables).length}
          </span>
          <span role="cell" className={styles.right}>
            {environment.secrets.length}
          </span>
          <span role="cell" className={styles.use}>
            <Use usage={usage?.get(environment.name)} />
          </span>
          <span role="cell" className={styles.revision} title="Changes with every variable and secret">
            {environment.revision.slice(0, 8)}
          </span>
          <span role="cell" className={styles.changed} title={wholeMomentText(environment.updated_at)}>
            {momentText(environment.updated_at)} {environment.updated_by && <span className={styles.quiet}>{environment.updated_by}</span>}
          </span>
        </div>
      ))}
    </div>
  )
}

function Use({ usage }: { usage: Usage | undefined }) {
  if (!usage) return null
  if (usage.flows.length === 0) return <span className={styles.quiet}>nothing ran against it</span>
  const rest = usage.flows.length - NAMED
  return (
    <>
      {usage.flows.slice(0, NAMED).map((use) => {
        const look = statusLook(use.last.status)
        return (
          <Link key={use.flow} to="/executions/$executionId" params={{ executionId: String(use.last.id) }} className={styles.flow} preload={false}>
            <StatusIcon tone={look.tone} label={look.label} size={12} />
            {use.name}
          </Link>
        )
      })}
      {rest > 0 && <span className={styles.quiet}>and {countText(rest, 'more flow')}</span>}
    </>
  )
}
