import { useEffect, useMemo, useRef, useState } from 'react'
import { type CodeDocument, LocalDocument } from './codeDocument'
import { CodeLine } from './CodeLine'
import type { NodeAction } from './CodeMenu'
import styles from './CodeView.module.css'
import { LongCode } from './LongCode'

const VIRTUAL_FROM = 300

export interface CodeProps {
  label: string
  /** JSONPaths of values that an assertion found wrong. */
  wrong?: readonly string[]
  /** The value a link points at: scrolled to, and marked. */
  at?: string | undefined
  onPick?: ((path: string) => void) | undefined
  /** What can be done with the value that begins at a line. */
  actionsOf?: ((index: number) => NodeAction[]) | undefined
  /** What is searched for, and the line of the hit that is shown now. */
  words?: string
  hit?: number | undefined
  /** A few lines at once; the rest by scrolling. */
  isShort?: boolean
}

interface Props extends CodeProps {
  document?: CodeDocument
  /** In place of a document: a JSON value, or a text. */
  value?: unknown
  text?: string | undefined
}

/** Lines with numbers. Long documents draw only what is in view; long lines wrap where the document is short. */
export function CodeView({ document, value, text, ...rest }: Props) {
  const own = useMemo(() => document ?? (text === undefined ? LocalDocument.ofValue(value) : LocalDocument.ofText(text)), [document, value, text])
  const target = useTarget(own, rest.at)
  return own.count < VIRTUAL_FROM ? <ShortCode {...rest} document={own} target={target} /> : <LongCode {...rest} document={own} target={target} />
}

/** The line of the path that is pointed at. */
function useTarget(document: CodeDocument, at: string | undefined): number {
  const [found, setFound] = useState<{ of: CodeDocument; path: string; index: number } | null>(null)
  useEffect(() => {
    let isOld = false
    if (at !== undefined) {
      void document.indexOf(at).then((index) => {
        if (!isOld) setFound({ of: document, path: at, index })
      })
    }
    return () => {
      isOld = true
    }
  }, [document, at])
  return found && found.of === document && found.path === at ? found.index : -1
}

function ShortCode({ document, target, label, wrong = [], onPick, actionsOf, words = '', hit, isShort }: CodeProps & { document: CodeDocument; target: number }) {
  const box = useRef<HTMLDivElement>(null)
  const marks = useMemo(() => new Set(wrong), [wrong])
  const firstWrong = useMemo(() => firstOf(document, marks), [document, marks])
  useEffect(() => {
    const line = hit ?? (target >= 0 ? target : undefined)
    if (line !== undefined) show(box.current, line, true)
    else if (firstWrong >= 0) show(box.current, firstWrong, false)
  }, [target, hit, firstWrong])
  return (
    <div ref={box} className={`${styles.code ?? ''} ${isShort ? (styles.few ?? '') : ''}`} role="group" aria-label={label} tabIndex={isShort ? 0 : undefined}>
      {Array.from({ length: document.count }, (_, index) => {
        const line = document.at(index)
        return (
          <CodeLine key={index} line={line} index={index} wrong={line !== undefined && marks.has(line.path)} isAt={index === target} wraps words={words} isHit={index === hit} onPick={onPick} actionsOf={actionsOf} />
        )
      })}
    </div>
  )
}

function firstOf(document: CodeDocument, paths: ReadonlySet<string>): number {
  if (paths.size === 0) return -1
  for (let index = 0; index < document.count; index += 1) {
    const line = document.at(index)
    if (line && paths.has(line.path)) return index
  }
  return -1
}

/** Into the middle of its own box; the page itself moves only for what somebody asked for. */
function show(box: HTMLElement | null, index: number, isAsked: boolean): void {
  const line = box?.querySelector<HTMLElement>(`[data-line="${index}"]`)
  if (!box || !line) return
  box.scrollTop = line.offsetTop - box.offsetTop - (box.clientHeight - line.offsetHeight) / 2
  if (isAsked) line.scrollIntoView({ block: 'nearest' })
}
