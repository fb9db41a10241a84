import { yaml } from '@codemirror/lang-yaml'
import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { styleNonce } from '@/lib/nonce'
import { colouring, theme } from './theme'
import { diffTheme } from './diffTheme'

interface Props {
  before: string
  after: string
  isUnified: boolean
}

const SETTINGS = { collapseUnchanged: { margin: 3, minSize: 6 }, diffConfig: { scanLimit: 5000, timeout: 1000 } }

/** Two texts: what went is struck and grey, what came stands in amber. Loaded only where texts are compared. */
export function DiffView({ before, after, isUnified }: Props) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const parent = place.current
    if (!parent) return
    const look = (label: string) => [
      EditorView.cspNonce.of(styleNonce()),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.lineWrapping,
      lineNumbers(), yaml(), theme, colouring, diffTheme,
    ]
    if (isUnified) {
      const merge = unifiedMergeView({ original: before, mergeControls: false, gutter: true, ...SETTINGS })
      const made = new EditorView({ parent, state: EditorState.create({ doc: after, extensions: [look('Changes'), merge] }) })
      return () => made.destroy()
    }
    const made = new MergeView({ parent, a: { doc: before, extensions: look('Before') }, b: { doc: after, extensions: look('After') }, gutter: true, ...SETTINGS })
    return () => made.destroy()
  }, [before, after, isUnified])
  return <div ref={place} data-diff={isUnified ? 'unified' : 'split'} style={{ flex: 1, minHeight: 0, overflow: 'auto' }} />
}
