import { autocompletion, type CompletionContext, type CompletionResult, startCompletion } from '@codemirror/autocomplete'
import { EditorView, hoverTooltip } from '@codemirror/view'
import { type Choice, choicesAt, meaningAt, type Vocabulary } from './completion'

const KINDS: Record<Choice['kind'], string> = { key: 'property', value: 'enum', name: 'variable', function: 'function' }
const LONGEST_HOVER = 400_000

/** Completion and what things mean, from the words that `vocabulary` gives at the time. */
export function assistance(vocabulary: () => Vocabulary | null) {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const known = vocabulary()
    if (!known) return null
    const line = context.state.doc.lineAt(context.pos)
    const typed = line.text.slice(0, context.pos - line.from)
    if (!context.explicit && !/[\w${]$|^\s*(?:- )?$|: $/.test(typed)) return null
    const { column, choices } = choicesAt(context.state.doc.toString(), line.number - 1, context.pos - line.from, known)
    if (choices.length === 0) return null
    return {
      from: line.from + column,
      options: choices.map((one) => ({
        label: one.label,
        detail: one.detail,
        type: KINDS[one.kind],
        apply: (view: EditorView, _: unknown, from: number, to: number) => apply(view, one, from, to),
      })),
      validFor: /^[\w.$-]*$/,
    }
  }
  const hover = hoverTooltip((view, position) => {
    const known = vocabulary()
    if (!known || view.state.doc.length > LONGEST_HOVER) return null
    const line = view.state.doc.lineAt(position)
    const meaning = meaningAt(view.state.doc.toString(), line.number - 1, position - line.from, known.schema)
    if (!meaning) return null
    return {
      pos: position,
      above: true,
      create: () => {
        const dom = document.createElement('div')
        dom.className = 'cm-meaning'
        dom.textContent = meaning
        return { dom }
      },
    }
  })
  return [autocompletion({ override: [complete], icons: false, activateOnTypingDelay: 150 }), hover]
}

/** A key brings its colon and a space, and where values are known they are offered at once. */
function apply(view: EditorView, choice: Choice, from: number, to: number): void {
  const after = view.state.sliceDoc(to, to + 1)
  const insert = choice.kind === 'key' ? (after === ':' ? choice.label : `${choice.label}: `) : (choice.insert ?? choice.label)
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: 'input.complete' })
  if (choice.kind === 'key') startCompletion(view)
}
