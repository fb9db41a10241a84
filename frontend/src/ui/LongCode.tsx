import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useReducer, useRef } from 'react'
import type { CodeDocument } from './codeDocument'
import { CodeLine } from './CodeLine'
import type { CodeProps } from './CodeView'
import styles from './CodeView.module.css'

const LINE_HEIGHT = 17
/** Browsers draw no element higher than about 17 million pixels. */
const MOST_LINES = 900_000

/** A document of which only the lines in sight are drawn, and brought here if they are kept elsewhere. */
export function LongCode({ document, target, label, wrong = [], onPick, actionsOf, words = '', hit, isShort }: CodeProps & { document: CodeDocument; target: number }) {
  const box = useRef<HTMLDivElement>(null)
  const marks = useMemo(() => new Set(wrong), [wrong])
  const [, drawAgain] = useReducer((times: number) => times + 1, 0)
  const count = Math.min(document.count, MOST_LINES)
  // The virtualizer keeps its own state; what it returns must not be remembered by a compiler.
  // eslint-disable-next-line react-hooks/incompatible-library -- it is used in this component only
  const rows = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => LINE_HEIGHT, overscan: 20 })
  const items = rows.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => {
    let isOld = false
    void document.bring(first, last + 1)?.then(() => {
      if (!isOld) drawAgain()
    })
    return () => {
      isOld = true
    }
  }, [document, first, last])
  const wanted = hit ?? target
  useEffect(() => {
    if (wanted >= 0) rows.scrollToIndex(wanted, { align: 'center' })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- scrolls when the target changes, not when rows do
  }, [wanted])
  return (
    <>
      <div ref={box} className={isShort ? `${styles.long ?? ''} ${styles.few ?? ''}` : styles.long} role="group" aria-label={label} tabIndex={0}>
        <div className={styles.code} style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const line = document.at(item.index)
            return (
              <div key={item.key} style={{ position: 'absolute', top: item.start, left: 0, right: 0 }}>
                <CodeLine line={line} index={item.index} wrong={line !== undefined && marks.has(line.path)} isAt={item.index === target} wraps={false} words={words} isHit={item.index === hit} onPick={onPick} actionsOf={actionsOf} />
              </div>
            )
          })}
        </div>
      </div>
      {document.count > count && <p className={styles.rest}>{(document.count - count).toLocaleString('en-GB')} more lines. Filter by a JSONPath to see them.</p>}
    </>
  )
}
