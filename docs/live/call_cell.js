// A cell below an exercise, with the reader's function and the call that fails: it runs and can be
// changed like the cells of a page, in a session of its own.

import { addButtons } from "./cell_buttons.js"
import { make } from "./elements.js"

// `name` tells this cell from others. Running it shows what goes wrong, until that is mended.
/** @param {string} name @param {string} text */
export function callCell(name, text) {
  const code = make("code", { textContent: text, tabIndex: 0 })
  const block = make("div", { className: "language-python live highlight" }, make("pre", {}, code))
  /** @type {CellPage} */
  const page = { path: `${location.pathname}#${name}`, cells: [] }
  /** @type {Known} */
  const known = { page, block, live: true, code, original: text, html: code.innerHTML, state: { text } }
  page.cells.push(known)
  addButtons(known, `of ${name}`)
  return block
}
