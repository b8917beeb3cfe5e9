// What the file of an exercise says besides its code is folded when it opens: all but the first line
// of what is asked, the imports, docstrings. It stays in the text, and so in what is checked.

import { codeFolding, foldEffect } from "../vendor/codemirror/codemirror.js"
import { make } from "./elements.js"

const HEAD = /^(""".*)\n[^]*?(?=\n(?:@|def |class ))/
const DOCSTRING = /(?<=:\n[ \t]+)"""[^]*?"""/g
const TODO = /raise NotImplementedError.*/
const BODY = /^def [^]*?:\n\s+(?:"""[^]*?"""\s+)?/m

/** @param {string} text */
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
/** @param {Editor} editor */
export function fold(editor) {
  const text = editor.state.doc.toString()
  const effects = folded(text).map(([from, to]) => foldEffect.of({ from, to }))
  editor.dispatch({ effects, selection: placeOf(text) })
}

/** @param {string} text */
function folded(text) {
  const head = text.match(HEAD)
  const docstrings = Array.from(text.matchAll(DOCSTRING), ({ index, 0: all }) => [index, index + all.length])
  const ranges = head ? [[head[1].length, head[0].length], ...docstrings] : docstrings
  return ranges.filter(([from, to]) => linesOf(text.slice(from, to)) > 1)
}

// The place of the line that stands for the body, which the first key replaces; else of the body.
/** @param {string} text */
function placeOf(text) {
  const todo = TODO.exec(text)
  if (todo) return { anchor: todo.index, head: todo.index + todo[0].length }
  const body = BODY.exec(text)
  return { anchor: body ? body.index + body[0].length : 0 }
}
