import { Link } from '@tanstack/react-router'
import { countText, momentText, wholeMomentText } from '@/lib/time'
import { StatusWord } from '@/ui/StatusWord'
import type { Group, GroupDetail } from '../api/types'
import { stateLook } from '../failures'
import { stepName } from '../flaky'
import { ByDay } from './ByDay'
import styles from './FailureGroup.module.css'
import { FailureTable } from './FailureTable'
import { GroupForm } from './GroupForm'
import { Occurrences } from './Occurrences'
import overview from './Overview.module.css'
import { Panel } from './Panel'
import { RunsLink } from './RunsLink'

interface Props {
  detail: GroupDetail
  mayWrite: boolean
  /** Why the newest of them failed; whoever puts the page together knows how to find out. */
  diagnosis: React.ReactNode
}

/** One failure, wherever and whenever it happened. */
export function FailureGroup({ detail, mayWrite, diagnosis }: Props) {
  const { group, days, occurrences, elsewhere } = detail
  return (
    <div className={overview.body}>
      <Facts group={group} />
      <div className={overview.two}>
        <div className={styles.column}>
          <ByDay days={days} />
          <Panel
            title="What the last one said"
            aside={
              <Link to="/executions/$executionId" params={{ executionId: String(group.sample_execution) }}>
                #{group.sample_execution}
              </Link>
            }
          >
            <pre className={styles.sample}>{group.sample || 'Nothing was said.'}</pre>
          </Panel>
          {diagnosis}
        </div>
        <div className={styles.column}>
          <Panel title="State and note" note={changedText(group)}>
            <GroupForm key={group.fingerprint} group={group} mayWrite={mayWrite} />
          </Panel>
          <Panel title="Executions" note={occurrences.length < group.count ? `the last ${occurrences.length}` : undefined} aside={<RunsLink q={`failure:${group.fingerprint}`}>all {group.count.toLocaleString('en-GB')}</RunsLink>}>
            <Occurrences occurrences={occurrences} />
          </Panel>
        </div>
      </div>
      {elsewhere.length > 0 && (
        <Panel title="The same failure elsewhere" note="in other flows and steps">
          <FailureTable groups={elsewhere} />
        </Panel>
      )}
    </div>
  )
}

function changedText({ changed_at, changed_by }: Group): string {
  return changed_at ? `${changed_by || 'somebody'}, ${momentText(changed_at)}` : 'nobody has said anything yet'
}

function Facts({ group }: { group: Group }) {
  const look = stateLook(group.state)
  return (
    <dl className={styles.facts} aria-label="About this failure">
      <Fact name="State">
        <StatusWord tone={look.tone} label={group.has_regressed ? `${look.label}, came back` : look.label} />
      </Fact>
      <Fact name="Flow">
        <Link to="/flows/$slug" params={{ slug: group.flow }}>
          {group.flow_name}
        </Link>
      </Fact>
      <Fact name="Step">
        <code>{stepName(group.step_key)}</code> {group.action}
      </Fact>
      <Fact name="Kind">
        <code>{[group.kind, group.sub].filter(Boolean).join(' · ')}</code>
      </Fact>
      {group.service && (
        <Fact name="Service">
          <code>{group.service}</code>
        </Fact>
      )}
      <Fact name="Environments">{group.environments.map((one) => one || 'none').join(', ')}</Fact>
      <Fact name="Versions">{group.versions.join(', ')}</Fact>
      <Fact name="Runs">
        <RunsLink q={`failure:${group.fingerprint}`}>{countText(group.count, 'run')}</RunsLink>
        {group.recovered > 0 && `, ${group.recovered} overcome by a retry`}
      </Fact>
      <Fact name="First seen">
        <time dateTime={group.first_seen} title={wholeMomentText(group.first_seen)}>
          {momentText(group.first_seen)}
        </time>
      </Fact>
      <Fact name="Last seen">
        <time dateTime={group.last_seen} title={wholeMomentText(group.last_seen)}>
          {momentText(group.last_seen)}
        </time>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
