import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useDeferredValue, useMemo, useRef, useState } from 'react'
import { Problem as Refusal } from '@/lib/http'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { LeaveGuard } from '@/ui/LeaveGuard'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { flowQueries } from '../api/queries'
import type { Execution, Flow, Problem, Saved } from '../api/types'
import type { EditorHandle } from '../editor/CodeEditor'
import { outlineOf } from '../editor/outline'
import { useCheck } from '../hooks/useCheck'
import { useDraft } from '../hooks/useDraft'
import { useVocabulary } from '../hooks/useVocabulary'
import { rememberedEnvironment } from '../remembered'
import { ConflictBar } from './ConflictBar'
import { DraftChanges } from './DraftChanges'
import { EditorBar } from './EditorBar'
import styles from './FlowEditor.module.css'
import { FlowHeader } from './FlowHeader'
import { Outline } from './Outline'
import { ProblemList } from './ProblemList'
import { RunForm } from './RunForm'

const CodeEditor = lazy(() => import('../editor/CodeEditor').then((found) => ({ default: found.CodeEditor })))

interface Props {
  /** None: a new one is written. */
  flow: Flow | null
  initial?: string
  mayWrite: boolean
  mayArchive?: boolean
  isRunOpen: boolean
  onRunOpen: (isOpen: boolean) => void
  onSaved: (saved: Saved) => void
  onStarted: (execution: Execution) => void
  onArchived?: () => void
}

/** A flow as text: its outline, its problems as one types, and what a run of it needs. */
export function FlowEditor({ flow, initial = '', mayWrite, mayArchive = false, isRunOpen, onRunOpen, onSaved, onStarted, onArchived }: Props) {
  const draft = useDraft(flow, initial, onSaved)
  const { text } = draft
  const handle = useRef<EditorHandle>(null)
  const [place, setPlace] = useState({ line: 1, column: 1 })
  const [isDiffOpen, setDiffOpen] = useState(false)
  const [isOutlineOpen, setOutlineOpen] = useState(false)
  const environment = rememberedEnvironment()
  const filename = flow ? `${flow.slug}.flow.yaml` : 'new.flow.yaml'
  const { problems, refusal, text: checkedText } = useCheck(text, filename, environment)
  const vocabulary = useVocabulary(environment)
  const steps = useDeferredOutline(text)
  const recent = useQuery(flowQueries.recent(flow ? [flow.slug] : []))
  const firstError = problems.find((problem) => problem.severity === 'error')
  const isCurrent = checkedText === text
  const goTo = (line: number, column?: number): void => {
    handle.current?.goTo(line, column)
    setOutlineOpen(false)
  }
  const save = (): void => {
    if (mayWrite && (draft.isDirty || !flow) && !draft.isSaving) void draft.save()
  }
  const read = async (file: File): Promise<void> => handle.current?.replaceText(await file.text())
  const isConflict = draft.isBehind && draft.isDirty
  const isOther = draft.error && !(draft.error instanceof Refusal && draft.error.code === 'flow_changed')
  return (
    <div className={styles.page} data-run={isRunOpen && flow ? true : undefined}>
      <FlowHeader
        flow={flow}
        draft={draft}
        recent={flow ? recent.data?.get(flow.slug) : undefined}
        problems={problems}
        mayWrite={mayWrite}
        mayArchive={mayArchive}
        onSave={save}
        onDiff={() => setDiffOpen(true)}
        onRun={() => onRunOpen(!isRunOpen)}
        onError={() => firstError && goTo(firstError.line, firstError.column)}
        onArchived={onArchived}
      />
      {isConflict && flow && (
        <ConflictBar
          flow={flow}
          baseVersion={draft.base.version}
          onSaveOver={() => void draft.saveOver()}
          onTake={() => handle.current?.replaceText(draft.take())}
        />
      )}
      {draft.isBehind && !draft.isDirty && flow && (
        <Notice title={`${flow.updated_by || 'Somebody'} saved version ${flow.latest_version ?? ''} meanwhile.`} action={{ label: 'Show it', run: () => handle.current?.replaceText(draft.take()) }} />
      )}
      {isOther && <Notice role="alert" title={draft.error?.message ?? ''} detail="Nothing was saved." />}
      <div className={styles.panels}>
        <div className={styles.outline} data-open={isOutlineOpen}>
          <Outline steps={steps} problems={isCurrent ? problems : []} line={place.line} files={Object.keys(flow?.files ?? {})} onOpen={goTo} />
        </div>
        <div
          className={styles.middle}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            const file = event.dataTransfer.files[0]
            if (!file || event.defaultPrevented || !mayWrite) return
            event.preventDefault()
            void read(file)
          }}
        >
          <EditorBar
            filename={filename}
            state={stateText(flow, draft.isDirty, mayWrite)}
            place={place}
            text={text}
            mayWrite={mayWrite}
            onFile={(file) => void read(file)}
            onOutline={() => setOutlineOpen((before) => !before)}
          />
          <div className={styles.code}>
            <Suspense fallback={<Skeleton rows={20} height={19} />}>
              <CodeEditor
                handle={handle}
                text={text}
                isReadOnly={!mayWrite}
                problems={isCurrent ? problems : NO_PROBLEMS}
                vocabulary={vocabulary}
                onChange={draft.setText}
                onPlace={(line, column) => setPlace({ line, column })}
                onSave={save}
                onFile={(file) => void read(file)}
              />
            </Suspense>
          </div>
          <ProblemList problems={problems} refusal={refusal} onOpen={(problem) => goTo(problem.line, problem.column)} />
        </div>
        {isRunOpen && flow?.latest_version != null && mayWrite && (
          <aside className={styles.run} aria-label="Run">
            <header className={styles.runHead}>
              <h2 className={styles.runTitle}>{draft.isDirty ? 'Run this draft' : `Run version ${flow.latest_version}`}</h2>
              <Button small aria-label="Close the run panel" onClick={() => onRunOpen(false)}>
                <Icon name="close" size={12} />
              </Button>
            </header>
            <RunForm
              slug={flow.slug}
              version={flow.latest_version}
              draft={draft.isDirty ? { firstErrorLine: firstError?.line ?? null, save: draft.save } : undefined}
              onStarted={onStarted}
            />
          </aside>
        )}
      </div>
      {flow && <DraftChanges isOpen={isDiffOpen} onClose={() => setDiffOpen(false)} title={`Draft over version ${draft.base.version ?? ''}`} before={draft.base.text} after={text} />}
      <LeaveGuard isDirty={mayWrite && draft.isDirty && !draft.isSaving && (flow !== null || text !== initial)} />
    </div>
  )
}

const NO_PROBLEMS: Problem[] = []

function useDeferredOutline(text: string) {
  const later = useDeferredValue(text)
  return useMemo(() => outlineOf(later), [later])
}

function stateText(flow: Flow | null, isDirty: boolean, mayWrite: boolean): string {
  if (!mayWrite) return 'for reading: editing needs the role editor'
  if (!flow) return 'new, not saved'
  return isDirty ? 'edited, not saved' : `saved${flow.updated_by ? ` by ${flow.updated_by}` : ''}`
}
