import { Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { countText } from '@/lib/time'
import { Button, buttonClass } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { StatusIcon } from '@/ui/StatusIcon'
import { archiveFlow, flowQueries, unarchiveFlow } from '../api/queries'
import type { Flow, Problem, Recent } from '../api/types'
import { countOf } from '../editor/problems'
import type { useDraft } from '../hooks/useDraft'
import { rateOf } from '../rate'
import styles from './FlowHeader.module.css'
import { RunStrip } from './RunStrip'

interface Props {
  flow: Flow | null
  draft: ReturnType<typeof useDraft>
  recent: Recent | undefined
  problems: readonly Problem[]
  mayWrite: boolean
  mayArchive: boolean
  onSave: () => void
  onDiff: () => void
  onRun: () => void
  onError: () => void
  onArchived: (() => void) | undefined
}

export function FlowHeader({ flow, draft, recent, problems, mayWrite, mayArchive, onSave, onDiff, onRun, onError, onArchived }: Props) {
  const errors = countOf(problems, 'error')
  const rate = rateOf(recent)
  const maySave = (draft.isDirty || !flow) && !draft.isSaving && errors === 0
  return (
    <header className={styles.top}>
      <div className={styles.name}>
        <Link to="/flows" className={styles.crumb}>
          Flows
        </Link>
        <span className={styles.slash} aria-hidden="true">
          /
        </span>
        <h1 className={styles.title}>{flow?.name ?? 'New flow'}</h1>
        {draft.base.version !== null && (
          <span className={styles.chip} data-dirty={draft.isDirty}>
            {draft.isDirty ? `draft over version ${draft.base.version}` : `version ${draft.base.version}`}
          </span>
        )}
        {flow?.archived_at && <span className={styles.chip}>archived</span>}
        {recent && recent.finished.length > 0 && rate && (
          <span className={styles.recent}>
            <RunStrip runs={recent.finished} />
            <span>
              last {rate.of}, {rate.percent} passed
            </span>
          </span>
        )}
      </div>
      <div className={styles.actions}>
        {errors > 0 && (
          <button type="button" className={styles.errors} onClick={onError}>
            <StatusIcon tone="fail" />
            {countText(errors, 'error')}
          </button>
        )}
        {flow && (
          <Link to="/flows/$slug/versions" params={{ slug: flow.slug }} className={buttonClass()}>
            <Icon name="history" size={14} />
            History
          </Link>
        )}
        {flow && draft.isDirty && mayWrite && (
          <Button onClick={onDiff}>Diff with {draft.base.version ?? 'saved'}</Button>
        )}
        {mayWrite && (
          <Button look={flow ? 'plain' : 'primary'} disabled={!maySave} onClick={onSave} title={errors > 0 ? 'A flow with errors is not saved.' : undefined}>
            {draft.isSaving ? 'Saving' : 'Save'}
            <kbd className={styles.key}>{KEY}</kbd>
          </Button>
        )}
        {flow && mayWrite && (
          <Link to="/batches/new" search={{ flow: flow.slug }} className={buttonClass()}>
            Run over rows
          </Link>
        )}
        {flow && mayWrite && (
          <Button look="primary" onClick={onRun}>
            <Icon name="play" size={12} />
            Run
          </Button>
        )}
        {flow && mayArchive && <More flow={flow} onArchived={onArchived} />}
      </div>
    </header>
  )
}

const KEY = /mac os/i.test(navigator.userAgent) ? '⌘S' : 'Ctrl S'

function More({ flow, onArchived }: { flow: Flow; onArchived: (() => void) | undefined }) {
  const queries = useQueryClient()
  const archive = useMutation({
    mutationFn: () => (flow.archived_at ? unarchiveFlow(flow.slug) : archiveFlow(flow.slug)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: flowQueries.all })
      if (!flow.archived_at) onArchived?.()
    },
  })
  return (
    <Menu>
      <Menu.Target>
        <Button aria-label="More">
          <Icon name="more" size={14} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => archive.mutate()}>{flow.archived_at ? 'Bring back from the archive' : 'Archive: out of the list, its runs stay'}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
