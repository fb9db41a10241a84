import { Link } from '@tanstack/react-router'
import { Masked } from '@/ui/Masked'
import type { Evidence } from '../api'
import { chipText, placeOf, type StepPlace } from '../places'
import styles from './diagnosis.module.css'

interface Props {
  ids: string[]
  items: Evidence[]
  execution: number
  /** Of the group of failures; null until it has one. */
  group: string | null
  onShow: (place: StepPlace) => void
}

/** What a claim stands on. A click goes to where it can be seen. */
export function Chips({ ids, items, ...rest }: Props) {
  const cited = ids.map((id) => items.find((item) => item.id === id)).filter((item) => item !== undefined)
  return (
    <span className={styles.chips}>
      {cited.map((item) => (
        <Chip key={item.id} item={item} {...rest} />
      ))}
    </span>
  )
}

function Chip({ item, execution, group, onShow }: Omit<Props, 'ids' | 'items'> & { item: Evidence }) {
  const place = placeOf(item)
  const look = { className: styles.chip, title: item.fact, children: <Masked text={chipText(item)} /> }
  switch (place?.kind) {
    case 'step':
      return <button type="button" {...look} onClick={() => onShow(place)} />
    case 'compare':
      return <Link {...look} to="/executions/$executionId/compare" params={{ executionId: String(execution) }} search={{ with: place.with }} />
    case 'execution':
      return <Link {...look} to="/executions/$executionId" params={{ executionId: String(place.id) }} />
    case 'group':
      return group === null ? <span {...look} data-still /> : <Link {...look} to="/analytics/failures/$fingerprint" params={{ fingerprint: group }} />
    default:
      return <span {...look} data-still />
  }
}
