import { useQuery } from '@tanstack/react-query'
import { Card } from '@/ui/Card'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { type Variable, variablesQuery } from '../api/variables'
import { shown } from '../viewers/shape'
import styles from './StepPanel.module.css'
import { usedBy } from './usedBy'

const ORIGINS: Record<Variable['origin'], string> = { flow: 'the flow', environment: 'the environment', override: 'an override', step: 'a step', loop: 'the loop' }

/** Every variable the step could see: its value there, who set it, who used it later. */
export function Variables({ executionId, path, version }: { executionId: number; path: string; version: string }) {
  const found = useQuery(variablesQuery(executionId, path, version))
  if (found.isPending) return <Skeleton rows={6} height={26} />
  if (!found.data) return <Notice role="alert" title={found.error.message} action={{ label: 'Try again', run: () => void found.refetch() }} />
  const { visible, set_here: own } = found.data
  return (
    <>
      {own.length > 0 && <VariableTable title="Set here" of={own} />}
      {visible.length > 0 ? <VariableTable title="Visible at this step" of={visible} isSeen /> : <p className={styles.quiet}>No variable was set before this step.</p>}
    </>
  )
}

export function VariableTable({ title, of, isSeen = false }: { title: string; of: Variable[]; isSeen?: boolean }) {
  return (
    <Card title={title} aside={isSeen ? `${of.filter((one) => one.is_read).length} of ${of.length} read here` : undefined}>
      <div className={grid.scroll}>
        <table className={grid.grid}>
          <thead>
            <tr>
              <th>Variable</th>
              <th>Value</th>
              <th>Set by</th>
              <th>Used by</th>
            </tr>
          </thead>
          <tbody>
            {of.map((one) => (
              <tr key={`${one.name} ${one.set_by ?? ''}`} data-variable={one.name}>
                <td>
                  {one.name}
                  {isSeen && one.is_read && <span className={styles.tag}>read here</span>}
                </td>
                <td>{one.is_known ? <Masked text={`${shown(one.value)}${one.is_shortened ? '…' : ''}`} /> : <span className={styles.quietText}>{one.expression || 'not recorded'}</span>}</td>
                <td>{one.set_by ?? ORIGINS[one.origin]}</td>
                <td>{usedBy(one)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
