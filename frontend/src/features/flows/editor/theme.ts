import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Decoration, EditorView, MatchDecorator, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Keys violet, numbers blue, templates on a violet tint, all else ink: the product's tokens, so that the dark theme follows. */
export const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--text)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontVariantLigatures: 'none', lineHeight: '19px' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-3)', border: 'none', paddingLeft: '6px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 10px', minWidth: '34px' },
  '.cm-gutterElement.cm-wrongLine': { color: 'var(--fail)', fontWeight: '600' },
  '.cm-gutterElement.cm-warnedLine': { color: 'var(--retry)', fontWeight: '600' },
  '.cm-foldGutter .cm-gutterElement': { color: 'var(--text-3)', fontSize: '11px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--accent) 22%, transparent)' },
  '.cm-template': { backgroundColor: 'var(--accent-tint)', color: 'var(--accent)', borderRadius: '3px' },
  '.cm-plain': { color: 'var(--run)' },
  '.cm-lintRange': { backgroundImage: 'none' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--fail-fill)', textDecorationSkipInk: 'none' },
  '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--retry-fill)', textDecorationSkipInk: 'none' },
  '.cm-tooltip': { border: '1px solid var(--line-2)', borderRadius: '6px', backgroundColor: 'var(--surface)', color: 'var(--text)', boxShadow: '0 4px 16px rgb(0 0 0 / 16%)', overflow: 'hidden' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12px', maxHeight: '16em' },
  '.cm-tooltip-autocomplete > ul > li': { display: 'flex', gap: '12px', padding: '3px 10px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent-tint)', color: 'var(--accent)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': { marginLeft: 'auto', fontFamily: 'var(--sans)', fontStyle: 'normal', color: 'var(--text-3)', maxWidth: '340px', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  '.cm-meaning': { padding: '6px 10px', maxWidth: '360px', font: '400 12px/18px var(--sans)' },
  '.cm-diagnostic': { padding: '6px 10px', font: '400 12px/18px var(--sans)', borderLeft: '3px solid transparent' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--fail-fill)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--retry-fill)' },
  '.cm-diagnosticAction': { backgroundColor: 'transparent', color: 'var(--accent)', padding: '0', margin: '0 0 0 10px', font: '500 12px/18px var(--sans)' },
  // Room around it is padding: the editor measures no margins.
  '.cm-problemRow': { padding: '1px 16px 3px 8px' },
  '.cm-problem': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '2px 10px', padding: '3px 10px', borderLeft: '2px solid var(--fail-fill)', backgroundColor: 'var(--fail-tint)', font: '400 12px/18px var(--sans)', whiteSpace: 'normal', maxWidth: 'min(680px, calc(100vw - 90px))' },
  '.cm-problem button': { marginLeft: 'auto', color: 'var(--accent)', fontWeight: '500', whiteSpace: 'nowrap' },
  '.cm-problem kbd': { padding: '0 5px', border: '1px solid var(--line-2)', borderRadius: '4px', fontSize: '11px', backgroundColor: 'var(--surface)', whiteSpace: 'nowrap' },
  '.cm-panels': { backgroundColor: 'var(--bg)', color: 'var(--text)', borderColor: 'var(--line)', font: '400 12px/18px var(--sans)' },
  '.cm-panels input': { border: '1px solid var(--field)', borderRadius: '4px', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-panels button': { backgroundImage: 'none', border: '1px solid var(--line-2)', borderRadius: '4px', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-searchMatch': { backgroundColor: 'var(--retry-tint)', outline: '1px solid var(--retry-fill)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: '1px solid var(--line)', color: 'var(--text-3)' },
})

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--text-3)' },
  { tag: [tags.meta, tags.keyword, tags.labelName, tags.typeName], color: 'var(--run)' },
])

function decorating(matcher: MatchDecorator) {
  return ViewPlugin.fromClass(
    class {
      decorations
      constructor(view: EditorView) {
        this.decorations = matcher.createDeco(view)
      }
      update(update: ViewUpdate): void {
        this.decorations = matcher.updateDeco(update, this.decorations)
      }
    },
    { decorations: (plugin) => plugin.decorations },
  )
}

const templates = new MatchDecorator({ regexp: /\$\{[^}\n]*\}|\{\{[^}\n]*\}\}/g, decoration: Decoration.mark({ class: 'cm-template' }) })
const plainValues = new MatchDecorator({
  regexp: /(?<=[:[,-]\s+|\[)(?:-?\d[\d.]*(?:ms|s|m|h)?|true|false|null)(?=\s*(?:[,}\]#]|$))/g,
  decoration: Decoration.mark({ class: 'cm-plain' }),
})

export const colouring = [syntaxHighlighting(colours), decorating(templates), decorating(plainValues)]
