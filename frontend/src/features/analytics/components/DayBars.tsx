import { domainOf, dayNumber, dayOf } from '../chart'
import { countText } from '@/lib/time'
import { DayChart } from './DayChart'
import styles from './DayBars.module.css'

export const HEIGHT = 150
const DAYS = 60

/** How many a day, on the baseline, so that they compare across time. */
export function DayBars({ days }: { days: readonly { day: string; n: number; q: string }[] }) {
  const today = dayNumber(new Date().toISOString().slice(0, 10))
  const total = days.reduce((sum, one) => sum + one.n, 0)
  const domain = domainOf([0, Math.max(4, ...days.map((one) => one.n))])
  return (
    <DayChart
      label={`${countText(total, 'run')} in 60 days, the most on one day ${Math.max(...days.map((one) => one.n))}`}
      height={HEIGHT}
      first={dayOf(today - DAYS + 1)}
      last={dayOf(today)}
      domain={domain}
      tickText={(tick) => String(tick)}
      days={days.map((one) => ({ day: one.day, words: countText(one.n, 'run'), q: one.q }))}
      draw={({ x, y, box }) => {
        const width = Math.max(2, box.width / DAYS - 3)
        return days.map((one) => <rect key={one.day} x={x(one.day) - width / 2} y={Math.min(y(one.n), y(0) - 2)} width={width} height={Math.max(2, y(0) - y(one.n))} className={styles.bar} />)
      }}
    />
  )
}
