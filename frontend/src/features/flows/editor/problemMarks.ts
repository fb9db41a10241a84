import { setDiagnostics } from '@codemirror/lint'
import { type EditorState, RangeSet, StateEffect, StateField, type Transaction } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass, keymap, WidgetType } from '@codemirror/view'
import { fixOf, type Placed, placed, problemText } from './problems'
import type { Problem } from '../api/types'

const MOST_BELOW_LINES = 20

const setPlaced = StateEffect.define<Placed[]>()

/** The sentence under the line it is about, with what would be right. */
class ProblemLine extends WidgetType {
  constructor(private readonly one: Placed, private readonly hasFix: boolean) {
    super()
  }

  override eq(other: ProblemLine): boolean {
    return other.one.problem.message === this.one.problem.message && other.hasFix === this.hasFix && other.one.problem.line === this.one.problem.line
  }

  override toDOM(view: EditorView): HTMLElement {
    const outer = document.createElement('div')
    outer.className = 'cm-problemRow'
    const row = outer.appendChild(document.createElement('div'))
    row.className = 'cm-problem'
    const text = document.createElement('span')
    text.textContent = problemText(this.one.problem)
    row.append(text)
    if (this.hasFix && !view.state.readOnly) {
      const replace = document.createElement('button')
      replace.type = 'button'
      replace.textContent = 'Replace'
      replace.onclick = () => void fixAt(view, view.posAtDOM(outer))
      const key = document.createElement('kbd')
      key.textContent = 'Alt Enter'
      row.append(replace, key)
    }
    return outer
  }

  override ignoreEvent(): boolean {
    return true
  }
}

class LineMark extends GutterMarker {
  constructor(override readonly elementClass: string) {
    super()
  }
}
const WRONG = new LineMark('cm-wrongLine')
const WARNED = new LineMark('cm-warnedLine')

interface Marks {
  placed: Placed[]
  below: DecorationSet
  lines: RangeSet<GutterMarker>
}

const NONE: Marks = { placed: [], below: Decoration.none, lines: RangeSet.of<GutterMarker>([]) }

const marks = StateField.define<Marks>({
  create: () => NONE,
  update: (before, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setPlaced)) return marksOf(effect.value, transaction.state)
    return transaction.docChanged ? moved(before, transaction) : before
  },
  provide: (field) => [EditorView.decorations.from(field, (value) => value.below), gutterLineClass.from(field, (value) => value.lines)],
})

function moved(before: Marks, transaction: Transaction): Marks {
  const { changes } = transaction
  return {
    placed: before.placed.map((one) => ({ ...one, from: changes.mapPos(one.from, 1), to: changes.mapPos(one.to, -1) })),
    below: before.below.map(changes),
    lines: before.lines.map(changes),
  }
}

function marksOf(all: Placed[], state: EditorState): Marks {
  const { doc } = state
  const errors = all.filter((one) => one.problem.severity === 'error').slice(0, MOST_BELOW_LINES)
  const text = doc.toString()
  const below = errors.map((one) =>
    Decoration.widget({ widget: new ProblemLine(one, fixOf(one, text) !== null), block: true, side: 1 }).range(doc.lineAt(one.from).to),
  )
  const byLine = new Map<number, GutterMarker>()
  for (const one of all) {
    const start = doc.lineAt(one.from).from
    if (one.problem.severity === 'error' || !byLine.has(start)) byLine.set(start, one.problem.severity === 'error' ? WRONG : WARNED)
  }
  return {
    placed: all,
    below: Decoration.set(below, true),
    lines: RangeSet.of([...byLine].map(([at, mark]) => mark.range(at)), true),
  }
}

/** Shows these problems of the text as it is now. */
export function showProblems(view: EditorView, problems: readonly Problem[]): void {
  const text = view.state.doc.toString()
  const all = placed(problems, text)
  const diagnostics = all.map((one) => {
    const fix = fixOf(one, text)
    return {
      from: one.from,
      to: one.to,
      severity: one.problem.severity,
      message: problemText(one.problem),
      actions: fix && !view.state.readOnly ? [{ name: 'Replace', apply: (target: EditorView, from: number) => void fixAt(target, from) }] : [],
    }
  })
  view.dispatch(setDiagnostics(view.state, diagnostics), { effects: setPlaced.of(all) })
}

/** Puts the suggestion in for the problem on the line at `position`. */
function fixAt(view: EditorView, position: number): boolean {
  const { doc, readOnly } = view.state
  if (readOnly) return false
  const line = doc.lineAt(Math.min(position, doc.length))
  const text = doc.toString()
  for (const one of view.state.field(marks).placed) {
    const fix = one.from >= line.from && one.from <= line.to ? fixOf(one, text) : null
    if (!fix) continue
    view.dispatch({ changes: fix, selection: { anchor: fix.from + fix.insert.length }, userEvent: 'input.complete' })
    view.focus()
    return true
  }
  return false
}

export const problemMarks = [marks, keymap.of([{ key: 'Alt-Enter', run: (view) => fixAt(view, view.state.selection.main.head) }])]
