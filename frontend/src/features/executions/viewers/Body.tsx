import { useMemo, useState } from 'react'
import { jsonText, parseExact } from '@/lib/exactJson'
import { type CodeDocument, LocalDocument } from '@/ui/codeDocument'
import { CodeView } from '@/ui/CodeView'
import { BodyTools, type Found, NOTHING_FOUND } from './BodyTools'
import { lineActions, nodeActions } from './nodeActions'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'
import { payloadAddress, useWholeBody, WholeState } from './WholeBody'

export interface BodyProps extends Omit<SideProps, 'wrong'> {
  label: string
  body: unknown
  wrong?: readonly string[]
  /** What the body is called in an expression. */
  root?: string
  /** Where it stands in what was recorded; without it there is no way to all of a long one. */
  pointer?: string
}

/** A body: JSON in lines, text as it came; with a search and a JSONPath filter where there is room. */
export function Body(props: BodyProps) {
  const { body, mode, pointer, isWhole, attempt, source } = props
  const beginning = useMemo(() => documentOf(body, mode), [body, mode])
  const hasMore = pointer !== undefined && attempt.shortened.some((one) => one.part === source.part && isWithin(one.pointer, pointer))
  const address = isWhole && hasMore ? payloadAddress(props, pointer) : null
  const whole = useWholeBody(address, mode)
  const document = whole.value ?? beginning
  if (!document) return <p className={styles.none}>No body.</p>
  return (
    <>
      {address !== null && <WholeState whole={whole} />}
      {/* The same lines before and after all of it is here, so that what somebody typed meanwhile stays. */}
      <Lines {...props} whole={document} />
    </>
  )
}

export function isWithin(pointer: string, outer: string): boolean {
  return pointer === outer || pointer.startsWith(`${outer}/`)
}

export function Lines({ whole, ...props }: Omit<BodyProps, 'body'> & { whole: CodeDocument }) {
  const { label, root = 'body', mode, isShort, wrong = [], at, onPick } = props
  const [found, setFound] = useState<Found>(NOTHING_FOUND)
  const [filtered, setFiltered] = useState<{ of: CodeDocument; shown: CodeDocument } | null>(null)
  const shown = filtered?.of === whole ? filtered.shown : whole
  const hit = found.of === shown ? found.hits?.[found.at] : undefined
  return (
    <>
      {!isShort && (
        <BodyTools
          whole={whole}
          shown={shown}
          isJson={mode === 'pretty' && whole.at(0)?.path === '$'}
          found={found}
          onFound={setFound}
          onFiltered={(document) => setFiltered(document && { of: whole, shown: document })}
        />
      )}
      {shown.count === 0 ? (
        <p className={styles.none}>The JSONPath finds nothing here.</p>
      ) : (
        <CodeView
          label={label}
          document={shown}
          wrong={wrong}
          at={at}
          onPick={onPick}
          actionsOf={(index) => (shown instanceof LocalDocument ? nodeActions(shown.lines, index, root) : lineActions(shown.at(index), root))}
          words={found.words}
          hit={hit}
          isShort={isShort}
        />
      )}
    </>
  )
}

function documentOf(body: unknown, mode: SideProps['mode']): LocalDocument | null {
  if (body === null || body === undefined || body === '') return null
  if (mode === 'raw') return LocalDocument.ofText(typeof body === 'string' ? body : jsonText(body))
  const value = typeof body === 'string' ? parsed(body) : body
  return typeof value === 'string' ? LocalDocument.ofText(value) : LocalDocument.ofValue(value)
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return parseExact(text)
  } catch {
    return text
  }
}
