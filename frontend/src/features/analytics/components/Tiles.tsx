import type { Tile } from '../api/types'
import { changeOf, titleOf, valueOf } from '../numbers'
import { countText } from '@/lib/time'
import { Changed } from './Changed'
import { RunsLink } from './RunsLink'
import { Spark } from './Spark'
import styles from './Tiles.module.css'

const ORDER = ['pass_rate', 'flaky_rate', 'retry_rate', 'p50', 'p95', 'lost_minutes']

/** The numbers on top; each opens the runs behind it. */
export function Tiles({ tiles, isOld }: { tiles: readonly Tile[] | undefined; isOld: boolean }) {
  return (
    <ul className={styles.tiles} aria-label="Numbers" aria-busy={tiles === undefined} data-old={isOld || undefined}>
      {ORDER.map((name) => {
        const tile = tiles?.find((one) => one.name === name)
        return (
          <li key={name} className={styles.tile} data-tile={name}>
            <h2 className={styles.title}>{titleOf({ name })}</h2>
            {tile ? <Numbers tile={tile} /> : <span className={styles.waiting} />}
          </li>
        )
      })}
    </ul>
  )
}

function Numbers({ tile }: { tile: Tile }) {
  const [value, unit] = valueOf(tile)
  const change = changeOf(tile)
  const runs = countText(tile.executions, 'run')
  return (
    <>
      <div className={styles.line}>
        <RunsLink q={tile.q} className={styles.value} label={`${titleOf(tile)}: ${value} ${unit}, ${runs}`}>
          {value}
          {unit && <small> {unit}</small>}
        </RunsLink>
        <Spark values={tile.series} />
      </div>
      <p className={styles.foot}>
        <Changed change={change} none={tile.value === null ? 'nothing yet' : 'no earlier value'} />
        <span className={styles.sample}>
          n = {tile.n.toLocaleString('en-GB')} {tile.unit_of_n}
        </span>
      </p>
    </>
  )
}
