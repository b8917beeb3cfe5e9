// A row of keys that the keyboard of a phone hides behind others. It stands above the buttons of a
// cell or an exercise, which stay in view while its editor is: above the keyboard, too.

import { EditorView, indentWithTab } from "../vendor/codemirror/codemirror.js"
import { make } from "./elements.js"

const KEYS = "[]()_:=-/*+.,"
const TAB = "⇥"

/** @param {Editor} editor */
export function keysOf(editor) {
  const keys = [...KEYS, TAB].map(key => {
    const ariaLabel = key == TAB ? "Indent" : `Type ${key}`
    // With a real keyboard, Tab passes over them.
    const button = make("button", { type: "button", tabIndex: -1, textContent: key, ariaLabel })
    button.onclick = () => press(editor, key)
    return button
  })
  const row = make("div", { className: "live-keys", role: "group", ariaLabel: "Keys" }, ...keys)
  // The editor keeps the focus, and the phone its keyboard.
  row.onmousedown = event => event.preventDefault()
  return row
}

// As if it were typed, so that brackets are closed.
/** @param {Editor} editor @param {string} key */
function press(editor, key) {
  editor.focus()
  if (key == TAB) return indentWithTab.run(editor)
  const { from, to } = editor.state.selection.main
  const typed = () => editor.state.update(editor.state.replaceSelection(key), { userEvent: "input.type", scrollIntoView: true })
  const handlers = editor.state.facet(EditorView.inputHandler)
  if (!handlers.some(handle => handle(editor, from, to, key, typed))) editor.dispatch(typed())
}

// How much of the page lies below a keyboard, for site.css; nothing where the reader has zoomed in.
const seen = self.visualViewport
function measure() {
  if (!seen) return
  const hidden = seen.scale > 1.01 ? 0 : Math.max(0, innerHeight - seen.height - seen.offsetTop)
  document.documentElement.style.setProperty("--keyboard", `${Math.round(hidden)}px`)
}
seen?.addEventListener("resize", measure)
seen?.addEventListener("scroll", measure)
