import { Link } from '@tanstack/react-router'
import { countText, momentText, wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { statusLook } from '@/ui/runStatus'
import { StatusIcon } from '@/ui/StatusIcon'
import type { VersionRow, VersionUses } from '../api/types'
import styles from './VersionList.module.css'

interface Props {
  slug: string
  versions: VersionRow[]
  uses: VersionUses | undefined
  from: number | undefined
  to: number | undefined
  mayWrite: boolean
  isBusy: boolean
  onCompare: (from: number | undefined, to: number | undefined) => void
  onRestore: (version: VersionRow) => void
}

/** Every text the flow had, newest first: what each changed, who wrote it, what ran it. */
export function VersionList({ slug, versions, uses, from, to, mayWrite, isBusy, onCompare, onRestore }: Props) {
  const runs = new Map(uses?.versions.map((one) => [one.version, one]))
  return (
    <ol className={styles.versions} aria-label="Versions">
      {versions.map((version) => {
        const use = runs.get(version.number)
        const look = use && statusLook(use.last.status)
        return (
          <li key={version.number} className={styles.version} data-version={version.number} data-chosen={version.number === from || version.number === to}>
            <span className={styles.pick}>
              <label title="The earlier text">
                <input type="radio" name="from" checked={version.number === from} onChange={() => onCompare(version.number, to)} aria-label={`Compare from version ${version.number}`} />
              </label>
              <label title="The later text">
                <input type="radio" name="to" checked={version.number === to} onChange={() => onCompare(from, version.number)} aria-label={`Compare to version ${version.number}`} />
              </label>
            </span>
            <span className={styles.about}>
              <span className={styles.line}>
                <b>Version {version.number}</b>
                {version.is_latest && <span className={styles.latest}>current</span>}
                <span className={styles.change}>{version.change || 'change not recorded'}</span>
              </span>
              <span className={styles.quiet}>
                <span title={wholeMomentText(version.created_at)}>{momentText(version.created_at)}</span>
                {version.created_by && ` by ${version.created_by}`}
                {use && look && (
                  <>
                    {' · '}
                    <Link to="/executions" search={{ q: `flow:${slug} version:${version.number}` }} className={styles.runs}>
                      <StatusIcon tone={look.tone} label={look.label} size={12} />
                      {countText(use.runs, 'run')}
                      {uses?.is_capped && ` of the last ${uses.runs}`}
                    </Link>
                  </>
                )}
                {uses && !use && ` · not run${uses.is_capped ? ` in the last ${uses.runs}` : ''}`}
              </span>
            </span>
            {mayWrite && !version.is_latest && (
              <Button small disabled={isBusy} onClick={() => onRestore(version)} aria-label={`Restore version ${version.number}`}>
                Restore
              </Button>
            )}
          </li>
        )
      })}
    </ol>
  )
}
