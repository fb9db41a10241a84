import { linePath, scale } from '../chart'
import styles from './Spark.module.css'

interface Props {
  values: readonly (number | null)[]
  width?: number
  height?: number
}

/** Where a number comes from, without an axis; what it is now is the dot. Said elsewhere in words. */
export function Spark({ values, width = 75, height = 22 }: Props) {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]))
  if (known.length < 2) return <svg className={styles.spark} width={width} height={height} aria-hidden="true" />
  const x = scale(0, values.length - 1, 0, width - 3)
  const [low, high] = [Math.min(...known.map((one) => one.value)), Math.max(...known.map((one) => one.value))]
  const y = scale(low, high, height - 2.5, 5 - height)
  const spots = known.map((one) => ({ x: x(one.index), y: y(one.value) }))
  const last = spots[spots.length - 1]
  return (
    <svg className={styles.spark} width={width} height={height} aria-hidden="true">
      <path d={linePath(spots)} className={styles.line} />
      {last && <circle cx={last.x} cy={last.y} r="2" className={styles.dot} />}
    </svg>
  )
}
