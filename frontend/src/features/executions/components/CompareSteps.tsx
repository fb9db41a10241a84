import { countText, durationText } from '@/lib/time'
import { Card } from '@/ui/Card'
import grid from '@/ui/Grid.module.css'
import { StatusWord } from '@/ui/StatusWord'
import type { Comparison, Pair } from '../api/comparing'
import { stepLook } from '../status'
import { shown } from '../viewers/shape'
import { FromTo } from './FromTo'
import styles from './comparing.module.css'

interface Props {
  comparison: Comparison
  isAll: boolean
  openPath: string | undefined
  onOpen: (path: string) => void
}

/** Every step of both runs beside each other, or those that differ. */
export function CompareSteps({ comparison: { left, right, steps }, isAll, openPath, onOpen }: Props) {
  const different = steps.filter((one) => one.is_different)
  const rows = isAll ? steps : different
  const longest = Math.max(1, ...rows.flatMap((one) => [one.left?.duration_ms ?? 0, one.right?.duration_ms ?? 0]))
  return (
    <div className={styles.card}>
      <Card title={isAll ? 'All steps' : 'Steps that differ'} aside={`${different.length} of ${steps.length} differ, aligned by path`}>
        {rows.length === 0 ? (
          <p className={styles.quiet}>Every step came to the same: status, assertions, requests and responses.</p>
        ) : (
          <div className={grid.scroll}>
            <table className={`${grid.grid ?? ''} ${styles.steps ?? ''}`}>
              <thead>
                <tr>
                  <th>Step</th>
                  <th>#{left?.id}</th>
                  <th aria-label="Duration before" />
                  <th>#{right.id}</th>
                  <th aria-label="Duration now" />
                  <th>Change</th>
                  <th className={styles.barsCell}>Before over now</th>
                  <th>What differs</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((one) => (
                  <Row key={one.path} pair={one} longest={longest} isOpen={one.path === openPath} onOpen={onOpen} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
    </div>
  )
}

function Row({ pair, longest, isOpen, onOpen }: { pair: Pair; longest: number; isOpen: boolean; onOpen: (path: string) => void }) {
  const { left, right } = pair
  const change = left?.duration_ms != null && right?.duration_ms != null ? right.duration_ms - left.duration_ms : null
  return (
    <tr data-compared={pair.path} data-open={isOpen} data-wrong={right?.status === 'failed'}>
      <td>
        <button type="button" className={styles.step} aria-expanded={isOpen} title={pair.path} onClick={() => onOpen(pair.path)}>
          {shortPath(pair.path)}
        </button>{' '}
        <span className={styles.action}>{pair.action}</span>
      </td>
      <Fate side={left} />
      <Fate side={right} />
      <td className={`${grid.number ?? ''} ${change !== null && change > SLOWER_MS ? (styles.slower ?? '') : ''}`}>{change === null ? '—' : signed(change)}</td>
      <td className={styles.barsCell}>
        <span className={styles.bars} aria-hidden="true">
          <i style={{ width: `${(100 * (left?.duration_ms ?? 0)) / longest}%` }} />
          <i className={right ? styles[stepLook(right.status).tone] : ''} style={{ width: `${(100 * (right?.duration_ms ?? 0)) / longest}%` }} />
        </span>
      </td>
      <td>
        <WhatDiffers pair={pair} />
      </td>
    </tr>
  )
}

const SLOWER_MS = 1000

function Fate({ side }: { side: Pair['left'] }) {
  if (!side) {
    return (
      <>
        <td className={styles.plain}>—</td>
        <td className={grid.number}>—</td>
      </>
    )
  }
  const look = stepLook(side.status)
  return (
    <>
      <td className={styles.plain}>
        <StatusWord tone={look.tone} label={look.label} />
      </td>
      <td className={`${grid.number ?? ''} ${styles.plain ?? ''}`}>{durationText(side.duration_ms)}</td>
    </>
  )
}

function WhatDiffers({ pair }: { pair: Pair }) {
  const { left, right, differences, more } = pair
  if (!right) return <span className={styles.words}>not reached</span>
  if (!left) return <span className={styles.words}>only in this run</span>
  return (
    <span className={styles.differences}>
      {left.attempts !== right.attempts && (
        <span className={styles.words}>
          {left.attempts} → {countText(right.attempts, 'attempt')}
        </span>
      )}
      {differences.map((one) => (
        <span key={`${one.where} ${one.path}`}>
          {one.where === 'request' && <span className={styles.words}>request </span>}
          {one.path} {isOtherVerdict(one) ? <span className={styles.words}>{shown(one.right)} in both, another verdict</span> : <FromTo kind={one.kind} left={one.left} right={one.right} />}
        </span>
      ))}
      {more > 0 && <span className={styles.words}>and {more} more</span>}
      {pair.not_compared.length > 0 && <span className={styles.words}>{pair.not_compared.join(' and ')} not compared here: too large. Open the step.</span>}
    </span>
  )
}

/** The value is the same: what was expected of it is not. */
function isOtherVerdict({ where, left, right }: Pair['differences'][number]): boolean {
  return where === 'assertion' && shown(left) === shown(right)
}

function shortPath(path: string): string {
  return path.replace(/^steps\//, '')
}

function signed(ms: number): string {
  return ms < 0 ? `−${durationText(-ms)}` : `+${durationText(ms)}`
}
