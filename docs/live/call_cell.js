// A cell below an exercise, with the reader's function and the call that fails: it runs and can be
// changed like the cells of a page, in a session of its own.

import { addButtons } from "./cell_buttons.js"
import { make } from "./elements.js"

// In the colours of the cells of a page: by the names that Pygments gives to a token.
const TOKENS =
  /(?<c1>#.*)|(?<s2>"""[^]*?"""|"[^"\n]*"|'[^'\n]*')|\b(?:(?<k>and|as|assert|class|def|elif|else|except|for|from|if|import|in|is|lambda|not|or|pass|raise|return|try|while|with|yield)|(?<kc>False|None|True)|(?<mi>\d[\w.]*))\b/g

/** @param {string} text */
function coloured(text) {
  /** @type {Parts} */
  const parts = []
  let end = 0
  for (const { 0: textContent, index, groups = {} } of text.matchAll(TOKENS)) {
    const className = Object.keys(groups).find(name => groups[name] != null)
    parts.push(text.slice(end, index), make("span", { className, textContent }))
    end = index + textContent.length
  }
  return [...parts, text.slice(end)]
}

// `name` tells this cell from others. Running it shows what goes wrong, until that is mended.
/** @param {string} name @param {string} text */
export function callCell(name, text) {
  const code = make("code", { tabIndex: 0 }, ...coloured(text))
  const block = make("div", { className: "language-python live highlight" }, make("pre", {}, code))
  /** @type {CellPage} */
  const page = { path: `${location.pathname}#${name}`, cells: [] }
  /** @type {Known} */
  const known = { page, block, live: true, code, original: text, html: code.innerHTML, state: { text } }
  page.cells.push(known)
  addButtons(known, `of ${name}`)
  return block
}
