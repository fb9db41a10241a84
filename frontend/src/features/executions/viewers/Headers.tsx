import { useState } from 'react'
import { countText } from '@/lib/time'
import { KeyValues } from '@/ui/KeyValues'
import { field, pairsOf } from './shape'
import styles from './viewers.module.css'

/** What says nothing about why a call went as it did. */
const ORDINARY = new Set(['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'date', 'host', 'server', 'user-agent', 'vary', 'keep-alive', 'transfer-encoding'])
const SHOWN_AT_ONCE = 4

/** Headers: the telling ones at once, the ordinary ones when asked for. */
export function Headers({ of, isShort }: { of: unknown; isShort: boolean }) {
  const [isOpen, setOpen] = useState(false)
  const all = pairsOf(field(of, 'headers_all') ?? field(of, 'headers'))
  if (all.length === 0) return null
  const telling = isShort ? all.filter(([name]) => !ORDINARY.has(name.toLowerCase())).slice(0, SHOWN_AT_ONCE) : all
  const rest = all.length - telling.length
  return (
    <div className={styles.headers}>
      <KeyValues rows={isOpen ? all : telling} />
      {rest > 0 && (
        <button type="button" className={styles.moreHeaders} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'fewer headers' : countText(rest, telling.length > 0 ? 'more header' : 'header')}
        </button>
      )}
    </div>
  )
}
