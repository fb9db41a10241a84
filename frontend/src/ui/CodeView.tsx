import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import styles from './CodeView.module.css'
import { Masked } from './Masked'
import { type Line, jsonLines, textLines } from './jsonLines'

const LINE_HEIGHT = 17
const VIRTUAL_FROM = 300
const LONGEST_LINE = 5000

interface Props {
  /** A JSON value; give `text` instead for what is none. */
  value?: unknown
  text?: string | undefined
  /** JSONPaths of values that an assertion found wrong. */
  wrong?: readonly string[]
  /** The value a link points at: scrolled to, and marked. */
  at?: string | undefined
  onPick?: ((path: string) => void) | undefined
  label: string
}

/** Lines with numbers. Long documents draw only what is in view; long lines wrap where the document is short. */
export function CodeView({ value, text, wrong = [], at, onPick, label }: Props) {
  const lines = useMemo(() => (text === undefined ? jsonLines(value) : textLines(text)), [value, text])
  const marks = useMemo(() => new Set(wrong), [wrong])
  if (lines.length < VIRTUAL_FROM) {
    return (
      <div className={styles.code} role="group" aria-label={label}>
        {lines.map((line, index) => (
          <CodeLine key={index} line={line} number={index + 1} wrong={marks.has(line.path)} isAt={at !== undefined && at === line.path} onPick={onPick} wraps />
        ))}
      </div>
    )
  }
  return <LongCode lines={lines} marks={marks} at={at} onPick={onPick} label={label} />
}

interface LongProps {
  lines: Line[]
  marks: Set<string>
  at: string | undefined
  onPick: Props['onPick']
  label: string
}

function LongCode({ lines, marks, at, onPick, label }: LongProps) {
  const box = useRef<HTMLDivElement>(null)
  // The virtualizer keeps its own state; what it returns must not be remembered by a compiler.
  // eslint-disable-next-line react-hooks/incompatible-library -- it is used in this component only
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => LINE_HEIGHT, overscan: 20 })
  const target = at === undefined ? -1 : lines.findIndex((line) => line.path === at)
  useEffect(() => {
    if (target >= 0) rows.scrollToIndex(target, { align: 'center' })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- scrolls when the target changes, not when rows do
  }, [target])
  return (
    <div ref={box} className={styles.long} role="group" aria-label={label} tabIndex={0}>
      <div className={styles.code} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map((item) => {
          const line = lines[item.index]
          return (
            line && (
              <div key={item.key} style={{ position: 'absolute', top: item.start, left: 0, right: 0 }}>
                <CodeLine line={line} number={item.index + 1} wrong={marks.has(line.path)} isAt={item.index === target} onPick={onPick} wraps={false} />
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}

interface LineProps {
  line: Line
  number: number
  wrong: boolean
  isAt: boolean
  onPick: Props['onPick']
  wraps: boolean
}

function CodeLine({ line, number, wrong, isAt, onPick, wraps }: LineProps) {
  const row = useRef<HTMLDivElement>(null)
  const [isWhole, setWhole] = useState(false)
  useEffect(() => {
    if (isAt && wraps) row.current?.scrollIntoView({ block: 'center' })
  }, [isAt, wraps])
  const length = line.parts.reduce((sum, part) => sum + part.text.length, 0)
  const isCut = length > LONGEST_LINE && !isWhole
  const classes = [styles.line, wraps ? styles.wraps : '', wrong ? styles.wrong : '', isAt ? styles.at : '']
  return (
    <div ref={row} className={classes.filter(Boolean).join(' ')} data-path={line.path || undefined}>
      {onPick && line.path ? (
        <button type="button" className={styles.number} aria-label={`Line ${number}, ${line.path}`} title={line.path} onClick={() => onPick(line.path)}>
          {number}
        </button>
      ) : (
        <span className={styles.number} aria-hidden="true">
          {number}
        </span>
      )}
      <span className={styles.text} style={{ paddingLeft: line.indent * 14 }} dir="ltr">
        {line.parts.map((part, index) => (
          <span key={index} className={styles[part.kind]}>
            <Masked text={isCut ? part.text.slice(0, LONGEST_LINE) : part.text} />
          </span>
        ))}
        {isCut && (
          <button type="button" className={styles.more} onClick={() => setWhole(true)}>
            … {(length - LONGEST_LINE).toLocaleString('en-GB')} more characters
          </button>
        )}
      </span>
    </div>
  )
}
