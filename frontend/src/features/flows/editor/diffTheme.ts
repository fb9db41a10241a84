import { EditorView } from '@codemirror/view'

/** A difference reads from → to: the old value struck in grey, the new one in amber; never red and green, which are statuses. */
export const diffTheme = EditorView.theme({
  '&': { height: 'auto' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--sunken)' },
  '&:not(.cm-merge-a) .cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--retry-tint)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'none', textDecoration: 'line-through', color: 'var(--text-3)' },
  '&:not(.cm-merge-a) .cm-changedText': { background: 'none', boxShadow: 'inset 0 -2px 0 var(--retry-fill)' },
  '.cm-deletedChunk': { color: 'var(--text-3)', paddingLeft: '8px' },
  '.cm-changeGutter': { width: '3px', paddingLeft: '1px' },
  '&:not(.cm-merge-a) .cm-changedLineGutter': { backgroundColor: 'var(--retry-fill)' },
  '&.cm-merge-a .cm-changedLineGutter': { backgroundColor: 'var(--line-2)' },
  '.cm-deletedLineGutter': { backgroundColor: 'var(--line-2)' },
  '.cm-collapsedLines': { background: 'var(--bg)', color: 'var(--text-2)', padding: '4px 12px', font: '400 12px/18px var(--sans)' },
  // Its own signs are in no font of ours.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"', margin: '0 8px' },
})
