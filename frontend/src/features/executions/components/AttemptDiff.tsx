import { useMemo } from 'react'
import { countText } from '@/lib/time'
import { Card } from '@/ui/Card'
import { Changed } from '@/ui/Changed'
import grid from '@/ui/Grid.module.css'
import type { Attempt } from '../api/types'
import { differences } from '../valueDiff'
import { shown } from '../viewers/shape'
import styles from './StepPanel.module.css'

/** What an attempt sent and got otherwise than the one before. */
export function AttemptDiff({ before, after }: { before: Attempt | undefined; after: Attempt }) {
  const found = useMemo(() => (before ? differences(sidesOf(before), sidesOf(after), '') : []), [before, after])
  if (!before) return null
  const title = `What differs from attempt ${before.number} to ${after.number}`
  return (
    <Card title={title} aside={countText(found.length, 'value')}>
      {found.length === 0 ? (
        <p className={styles.quiet}>Both sent and got the same.</p>
      ) : (
        <div className={grid.scroll}>
          <table className={grid.grid} aria-label={title}>
            <tbody>
              {found.map((one) => (
                <tr key={one.path}>
                  <td className={styles.path}>{one.path.replace(/^\./, '')}</td>
                  <td>
                    <Changed before={one.before === undefined ? null : short(one.before)} after={one.after === undefined ? null : short(one.after)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  )
}

const LONGEST = 400

function short(value: unknown): string {
  const text = shown(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} … ${(text.length - LONGEST).toLocaleString('en-GB')} more characters` : text
}

function sidesOf({ request, response }: Attempt): unknown {
  return { request, response }
}
