import { useMemo, useState } from 'react'
import { jsonText, parseExact } from '@/lib/exactJson'
import { type CodeDocument, LocalDocument } from '@/ui/codeDocument'
import { CodeView } from '@/ui/CodeView'
import { BodyTools, type Found, NOTHING_FOUND } from './BodyTools'
import { nodeActions } from './nodeActions'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'

export interface BodyProps extends Omit<SideProps, 'wrong'> {
  label: string
  body: unknown
  wrong?: readonly string[]
  /** What the body is called in an expression. */
  root?: string
}

/** A body: JSON in lines, text as it came; with a search and a JSONPath filter where there is room. */
export function Body(props: BodyProps) {
  const { label, body, root = 'body', mode, isShort, wrong = [], at, onPick } = props
  const whole = useMemo(() => documentOf(body, mode), [body, mode])
  const [found, setFound] = useState<Found>(NOTHING_FOUND)
  const [filtered, setFiltered] = useState<{ of: CodeDocument; shown: CodeDocument } | null>(null)
  const shown = filtered?.of === whole ? filtered.shown : whole
  if (whole === null || shown === null) return <p className={styles.none}>No body.</p>
  const lines = shown instanceof LocalDocument ? shown.lines : null
  const hit = found.of === shown ? found.hits[found.at] : undefined
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
          actionsOf={lines ? (index) => nodeActions(lines, index, root) : undefined}
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
