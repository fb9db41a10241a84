import { useQuery } from '@tanstack/react-query'
import { Card } from '@/ui/Card'
import grid from '@/ui/Grid.module.css'
import { Masked } from '@/ui/Masked'
import type { Captured } from '../api/types'
import { variablesQuery } from '../api/variables'
import { shown } from '../viewers/shape'
import { usedBy } from './usedBy'

/** What the step gave to the steps after it. */
export function Extractions({ captured, executionId, path, version }: { captured: Captured[]; executionId: number; path: string; version: string }) {
  const found = useQuery({ ...variablesQuery(executionId, path, version), enabled: captured.length > 0 })
  const users = new Map(found.data?.set_here.map((one) => [one.name, usedBy(one)]))
  if (captured.length === 0) return null
  return (
    <Card>
      <div className={grid.scroll}>
        <table className={grid.grid} aria-label="Extractions">
          <thead>
            <tr>
              <th>Extracted variable</th>
              <th>Path</th>
              <th>Value</th>
              <th>Used by</th>
            </tr>
          </thead>
          <tbody>
            {captured.map((one) => (
              <tr key={one.name}>
                <td>{one.name}</td>
                <td>{one.path}</td>
                <td>
                  <Masked text={shown(one.value)} />
                </td>
                <td>{users.get(one.name) ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
