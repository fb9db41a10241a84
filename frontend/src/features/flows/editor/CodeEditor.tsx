import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useImperativeHandle, useRef } from 'react'
import { styleNonce } from '@/lib/nonce'
import type { Problem } from '../api/types'
import { assistance } from './assistance'
import type { Vocabulary } from './completion'
import { problemMarks, showProblems } from './problemMarks'
import { colouring, theme } from './theme'

export interface EditorHandle {
  /** Both count from 1. */
  goTo: (line: number, column?: number) => void
  replaceText: (text: string) => void
}

interface Props {
  /** What it begins with; later changes of it are not looked at. */
  text: string
  isReadOnly: boolean
  problems: readonly Problem[]
  vocabulary: Vocabulary | null
  handle: React.Ref<EditorHandle>
  onChange: (text: string) => void
  onPlace: (line: number, column: number) => void
  onSave: () => void
  onFile: (file: File) => void
}

/** The text of a flow. Loaded only where one is edited. */
export function CodeEditor({ text, isReadOnly, problems, vocabulary, handle, onChange, onPlace, onSave, onFile }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef({ vocabulary, onChange, onPlace, onSave, onFile })
  useEffect(() => {
    latest.current = { vocabulary, onChange, onPlace, onSave, onFile }
  })
  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({ parent: place.current, state: stateOf(text, isReadOnly, latest) })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the editor holds the text from here on
  }, [isReadOnly])
  useEffect(() => {
    if (view.current) showProblems(view.current, problems)
  }, [problems, isReadOnly])
  useImperativeHandle(handle, () => ({
    goTo: (line, column = 1) => {
      const made = view.current
      if (!made) return
      const found = made.state.doc.line(Math.min(Math.max(line, 1), made.state.doc.lines))
      const at = Math.min(found.from + column - 1, found.to)
      made.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
      made.focus()
    },
    replaceText: (next) => {
      const made = view.current
      made?.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: next } })
    },
  }))
  return <div ref={place} style={{ height: '100%', minHeight: 0 }} />
}

type Latest = React.RefObject<Pick<Props, 'vocabulary' | 'onChange' | 'onPlace' | 'onSave' | 'onFile'>>

function stateOf(text: string, isReadOnly: boolean, latest: Latest): EditorState {
  return EditorState.create({
    doc: text,
    extensions: [
      EditorView.cspNonce.of(styleNonce()),
      EditorView.contentAttributes.of({ 'aria-label': 'Text of the flow' }),
      EditorState.readOnly.of(isReadOnly),
      lineNumbers(), foldGutter({ openText: '▾', closedText: '▸' }), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
      highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), indentUnit.of('  '),
      yaml(), theme, colouring, problemMarks,
      assistance(() => latest.current.vocabulary),
      keymap.of([
        { key: 'Mod-s', preventDefault: true, run: () => { latest.current.onSave(); return true } },
        ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap,
        // Escape, then Tab leaves the editor by keyboard.
        indentWithTab,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest.current.onChange(update.state.doc.toString())
        if (update.selectionSet || update.docChanged) {
          const at = update.state.selection.main.head
          const line = update.state.doc.lineAt(at)
          latest.current.onPlace(line.number, at - line.from + 1)
        }
      }),
      EditorView.domEventHandlers({
        drop: (event) => {
          const file = event.dataTransfer?.files[0]
          if (!file || isReadOnly) return false
          event.preventDefault()
          latest.current.onFile(file)
          return true
        },
      }),
    ],
  })
}
