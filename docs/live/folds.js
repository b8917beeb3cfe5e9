// What the file of an exercise says besides its code is folded when it opens: all but the first line
// of what is asked, the imports, docstrings. It stays in the text, and so in what is checked.

import { codeFolding, foldEffect } from "../vendor/codemirror/codemirror.js"
import { make } from "./elements.js"

const HEAD = /^(""".*)\n[^]*?(?=\n(?:@|def |class ))/
const DOCSTRING = /(?<=:\n[ \t]+)"""[^]*?"""/g
const TODO = /raise NotImplementedError.*/
const BODY = /^def [^]*?:\n\s+(?:"""[^]*?"""\s+)?/m

const linesOf = text => text.split("\n").length

// Shows what is folded by its length; a press unfolds it.
export const folding = codeFolding({
  preparePlaceholder: (state, { from, to }) => state.sliceDoc(from, to),
  placeholderDOM(view, unfold, text) {
    const what = text.startsWith('"""') ? "docstring, " : ""
    const textContent = `⋯ ${what}${linesOf(text.trim())} lines`
    const button = make("button", { type: "button", className: "cm-fold", title: "Unfold", tabIndex: -1, textContent })
    button.onclick = unfold
    return button
  },
})

// Fold the text of an editor, and put the caret where there is something to write.
export function fold(editor) {
  const text = editor.state.doc.toString()
  const effects = folded(text).map(([from, to]) => foldEffect.of({ from, to }))
  editor.dispatch({ effects, selection: placeOf(text) })
}

function folded(text) {
  const head = text.match(HEAD)
  const docstrings = Array.from(text.matchAll(DOCSTRING), ({ index, 0: all }) => [index, index + all.length])
  const ranges = head ? [[head[1].length, head[0].length], ...docstrings] : docstrings
  return ranges.filter(([from, to]) => linesOf(text.slice(from, to)) > 1)
}

// The place of the line that stands for the body, which the first key replaces; else of the body.
function placeOf(text) {
  const { index, 0: todo } = text.match(TODO) ?? {}
  if (todo) return { anchor: index, head: index + todo.length }
  const body = text.match(BODY)
  return { anchor: body ? body.index + body[0].length : 0 }
}
