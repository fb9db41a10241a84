import { Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { durationText, momentText, wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { StatusWord } from '@/ui/StatusWord'
import type { Comparison, Run } from '../api/comparing'
import { executionQueries } from '../api/queries'
import { statusLook } from '../status'
import styles from './comparing.module.css'

interface Props {
  comparison: Comparison
  onChoose: (change: { left?: number; right?: number }) => void
}

/** The two runs, each of which may be another. */
export function CompareRuns({ comparison: { left, right, is_last_pass: isLastPass }, onChoose }: Props) {
  return (
    <div className={styles.runs}>
      <RunCard title={isLastPass ? 'Last pass of this flow and environment' : 'Compared with'} run={left} of={right} onChoose={(id) => onChoose({ left: id })} />
      <RunCard title="This run" run={right} of={right} onChoose={(id) => onChoose({ right: id })} />
    </div>
  )
}

function RunCard({ title, run, of, onChoose }: { title: string; run: Run | null; of: Run; onChoose: (id: number) => void }) {
  return (
    <section className={styles.run} aria-label={title}>
      <header>
        {title}
        <Picker of={of} not={run?.id} onChoose={onChoose} />
      </header>
      {run ? (
        <p>
          <Link className={styles.number} to="/executions/$executionId" params={{ executionId: String(run.id) }}>
            #{run.id}
          </Link>
          <StatusWord tone={statusLook(run.status).tone} label={statusLook(run.status).label} />
          <time dateTime={run.started_at ?? run.queued_at} title={wholeMomentText(run.started_at ?? run.queued_at)}>
            {momentText(run.started_at ?? run.queued_at)}
          </time>
          <span>{durationText(run.duration_ms)}</span>
          {run.flow !== of.flow && <span>{run.flow_name}</span>}
          <span className={styles.of}>{run.actor}</span>
        </p>
      ) : (
        <p className={styles.of}>No run of this flow and environment passed before this one. Choose another to compare with.</p>
      )}
    </section>
  )
}

const CHOICES = 20

/** The newest runs of the same flow, or any by its number. */
function Picker({ of, not, onChoose }: { of: Run; not: number | undefined; onChoose: (id: number) => void }) {
  const [isOpen, setOpen] = useState(false)
  const found = useQuery({ ...executionQueries.list({ q: `flow:"${of.flow}"` }, true), enabled: isOpen })
  const runs = (found.data?.items ?? []).filter((one) => one.id !== not).slice(0, CHOICES)
  const byNumber = (event: React.KeyboardEvent<HTMLInputElement>): void => {
    const id = Number(event.currentTarget.value.replace('#', ''))
    if (event.key === 'Enter' && Number.isSafeInteger(id) && id > 0) {
      setOpen(false)
      onChoose(id)
    }
  }
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-end">
      <Menu.Target>
        <Button small>
          Change <Icon name="down" size={12} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflow: 'auto' }}>
        <input className={styles.byNumber} inputMode="numeric" placeholder="#number, then Enter" aria-label="Number of a run" onKeyDown={byNumber} />
        {runs.map((one) => (
          <Menu.Item key={one.id} onClick={() => onChoose(one.id)}>
            #{one.id} · {statusLook(one.status).label} · {one.environment ?? 'no environment'} · {momentText(one.started_at ?? one.queued_at)}
          </Menu.Item>
        ))}
        {isOpen && !found.isPending && runs.length === 0 && <p className={styles.quiet}>This flow has no other run.</p>}
      </Menu.Dropdown>
    </Menu>
  )
}
