import styles from './Splitter.module.css'

interface Props {
  label: string
  width: number
  least: number
  most: number
  onChange: (width: number) => void
}

const KEY_STEP = 20

/** The edge between two panels: dragged, or moved with the arrow keys. */
export function Splitter({ label, width, least, most, onChange }: Props) {
  const set = (next: number): void => onChange(Math.round(Math.min(Math.max(next, least), most)))
  const dragged = (event: React.PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0
    set(event.clientX - left)
  }
  return (
    <div
      className={styles.splitter}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={dragged}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') set(width - KEY_STEP)
        if (event.key === 'ArrowRight') set(width + KEY_STEP)
      }}
    />
  )
}
