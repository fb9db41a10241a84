import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { momentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { WarningIcon } from '@/ui/WarningIcon'
import { flowQueries } from '../api/queries'
import type { Flow } from '../api/types'
import styles from './ConflictBar.module.css'
import { DraftChanges } from './DraftChanges'

interface Props {
  /** As it is now. */
  flow: Flow
  /** What the draft was made from. */
  baseVersion: number | null
  onSaveOver: () => void
  onTake: () => void
}

/** Somebody else saved while this was edited. Both texts are there until the person decides. */
export function ConflictBar({ flow, baseVersion, onSaveOver, onTake }: Props) {
  const [isOpen, setOpen] = useState(false)
  const base = useQuery({ ...flowQueries.version(flow.slug, baseVersion ?? 0), enabled: isOpen && baseVersion !== null })
  return (
    <div className={styles.bar} role="alert">
      <WarningIcon />
      <p className={styles.text}>
        {flow.updated_by || 'Somebody'} saved version {flow.latest_version} at {momentText(flow.updated_at)}, after you began. Your draft is still here.
      </p>
      <Button small onClick={() => setOpen(true)}>
        What they changed
      </Button>
      <Button small onClick={onSaveOver}>
        Save mine over it
      </Button>
      <Button small onClick={onTake}>
        Take theirs
      </Button>
      <DraftChanges isOpen={isOpen && base.data !== undefined} onClose={() => setOpen(false)} title={`Version ${baseVersion ?? ''} → ${flow.latest_version ?? ''}`} before={base.data?.text ?? ''} after={flow.text} />
    </div>
  )
}
