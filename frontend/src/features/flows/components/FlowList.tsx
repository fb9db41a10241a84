import { Link } from '@tanstack/react-router'
import { durationText, momentText, wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { statusLook } from '@/ui/runStatus'
import { StatusWord } from '@/ui/StatusWord'
import type { FlowRow, Recent } from '../api/types'
import { rateOf } from '../rate'
import type { FlowListSearch } from '../search'
import styles from './FlowList.module.css'
import { RunStrip } from './RunStrip'

interface Props {
  flows: FlowRow[]
  recent: ReadonlyMap<string, Recent> | undefined
  isOld: boolean
  mayRun: boolean | null
  onRun: (flow: FlowRow) => void
  onNarrow: (part: Partial<FlowListSearch>) => void
}

export function FlowList({ flows, recent, isOld, mayRun, onRun, onNarrow }: Props) {
  return (
    <div className={`${styles.list ?? ''} ${isOld ? (styles.old ?? '') : ''}`} role="table" aria-label="Flows">
      <div className={styles.head} role="row">
        <span role="columnheader">Last run</span>
        <span role="columnheader">Flow</span>
        <span role="columnheader">Tags and suite</span>
        <span role="columnheader">Last 30</span>
        <span role="columnheader" className={styles.right}>
          Passed
        </span>
        <span role="columnheader" className={styles.right}>
          Usually
        </span>
        <span role="columnheader">Ran</span>
        <span role="columnheader">Changed</span>
        <span role="columnheader">
          <span className="spoken">Actions</span>
        </span>
      </div>
      {flows.map((flow) => (
        <Row key={flow.slug} flow={flow} recent={recent?.get(flow.slug)} mayRun={mayRun} onRun={onRun} onNarrow={onNarrow} />
      ))}
    </div>
  )
}

interface RowProps extends Pick<Props, 'mayRun' | 'onRun' | 'onNarrow'> {
  flow: FlowRow
  recent: Recent | undefined
}

function Row({ flow, recent, mayRun, onRun, onNarrow }: RowProps) {
  const last = recent?.last
  const look = last ? statusLook(last.status) : null
  const rate = rateOf(recent)
  return (
    <div className={styles.row} role="row" data-flow={flow.slug}>
      <span role="cell" className={styles.status}>
        {look && last ? (
          <Link to="/executions/$executionId" params={{ executionId: String(last.id) }} className={styles.plain} preload={false}>
            <StatusWord tone={look.tone} label={look.label} />
          </Link>
        ) : (
          <span className={styles.quiet}>{recent ? 'Never ran' : ''}</span>
        )}
      </span>
      <span role="cell" className={styles.flow}>
        <Link to="/flows/$slug" params={{ slug: flow.slug }} className={styles.name}>
          {flow.name}
        </Link>
        <span className={styles.slug}>{flow.slug}</span>
      </span>
      <span role="cell" className={styles.tags}>
        {flow.suite && (
          <button type="button" className={styles.suite} onClick={() => onNarrow({ suite: flow.suite })} title={`Flows of the suite ${flow.suite}`}>
            suite {flow.suite}
          </button>
        )}
        {flow.tags.map((tag) => (
          <button type="button" key={tag} className={styles.tag} onClick={() => onNarrow({ tag })} title={`Flows with the tag ${tag}`}>
            {tag}
          </button>
        ))}
      </span>
      <span role="cell" className={styles.strip}>
        {recent && <RunStrip runs={recent.finished} />}
      </span>
      <span role="cell" className={`${styles.right ?? ''} ${styles.rate ?? ''}`}>
        {rate && (
          <>
            {rate.percent} <span className={styles.quiet}>of {rate.of}</span>
          </>
        )}
      </span>
      <span role="cell" className={`${styles.right ?? ''} ${styles.usual ?? ''}`}>
        {recent?.usual_ms != null && durationText(recent.usual_ms)}
      </span>
      <span role="cell" className={styles.when} title={last ? wholeMomentText(last.queued_at) : undefined}>
        {last && momentText(last.queued_at)}
      </span>
      <span role="cell" className={styles.changed} title={wholeMomentText(flow.updated_at)}>
        {momentText(flow.updated_at)}
        {flow.updated_by && <span className={styles.quiet}> {flow.updated_by}</span>}
      </span>
      <span role="cell" className={styles.actions}>
        {mayRun && !flow.archived_at && (
          <Button small onClick={() => onRun(flow)} aria-label={`Run ${flow.name}`}>
            <Icon name="play" size={12} />
            Run
          </Button>
        )}
      </span>
    </div>
  )
}
