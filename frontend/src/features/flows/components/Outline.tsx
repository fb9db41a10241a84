import { StatusIcon } from '@/ui/StatusIcon'
import { WarningIcon } from '@/ui/WarningIcon'
import { countText } from '@/lib/time'
import type { Problem } from '../api/types'
import { type OutlineStep, SECTIONS, shortAction, stepAt } from '../editor/outline'
import styles from './Outline.module.css'

interface Props {
  steps: OutlineStep[]
  problems: readonly Problem[]
  line: number
  files: string[]
  onOpen: (line: number) => void
}

const TITLES = { setup: 'Setup', steps: 'Steps', teardown: 'Teardown' } as const

/** The steps of the text; a click goes there. */
export function Outline({ steps, problems, line, files, onOpen }: Props) {
  const current = stepAt(steps, line)
  const worst = worstByLine(steps, problems)
  return (
    <nav className={styles.outline} aria-label="Steps">
      <div className={styles.head}>
        <span className={styles.title}>Outline</span>
        <span>{countText(steps.length, 'step')}</span>
      </div>
      {steps.length === 0 && <p className={styles.none}>Steps appear here as they are written.</p>}
      {SECTIONS.map((section) => {
        const rows = steps.filter((step) => step.section === section)
        return (
          rows.length > 0 && (
            <div key={section}>
              <p className={styles.section}>{TITLES[section]}</p>
              {rows.map((step) => (
                <button
                  key={`${step.line}-${step.id}`}
                  type="button"
                  className={styles.step}
                  aria-current={step === current ? 'true' : undefined}
                  style={{ paddingLeft: 13 + step.depth * 14 }}
                  onClick={() => onOpen(step.line)}
                >
                  <span className={styles.id}>{step.id}</span>
                  {worst.get(step) === 'error' && <StatusIcon tone="fail" label="has an error" size={12} />}
                  {worst.get(step) === 'warning' && <WarningIcon label="has a warning" size={12} />}
                  <span className={styles.action}>{shortAction(step.action)}</span>
                </button>
              ))}
            </div>
          )
        )
      })}
      {files.length > 0 && (
        <div>
          <p className={styles.section}>Files of this version</p>
          {files.map((file) => (
            <p key={file} className={styles.file}>
              {file}
            </p>
          ))}
        </div>
      )}
    </nav>
  )
}

function worstByLine(steps: OutlineStep[], problems: readonly Problem[]): Map<OutlineStep, Problem['severity']> {
  const found = new Map<OutlineStep, Problem['severity']>()
  for (const problem of problems) {
    const step = stepAt(steps, problem.line)
    if (step && found.get(step) !== 'error') found.set(step, problem.severity)
  }
  return found
}
