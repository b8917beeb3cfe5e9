// Cells: the fences of a page that a reader can run and change. Here are their buttons; what the
// buttons do comes with the first press, in cell.js. What was changed is kept by the browser; what
// was run, by page, as long as the tab is open.

import { Bar, MB, PYTHON, isHere, load, make } from "./elements.js"
import { editOf, edits } from "./store.js"

const MODULE = /^(answers\/.*?)(\/__init__)?\.py$/
const SEEN = ".live:not(details *)" // the first that is not folded
const SITE = new URL("..", import.meta.url).pathname
// The host of Python. config.json names it, but comes with the first press only: so
// answers/site/built.py writes it here; nothing, if the site serves Python itself.
const HOST = "cdn.jsdelivr.net"
/** @type {Map<string, CellState[]>} */
const pages = new Map()
// cell.js, once it has come.
/** @type {typeof import("./cell.js")} */
let behaviour

export function mount() {
  const path = location.pathname
  const states = pages.get(path) ?? []
  /** @type {CellPage} */
  const page = { path, cells: [] }
  pages.set(path, states)
  let number = 0
  for (const block of document.querySelectorAll(".language-python.highlight")) {
    const live = block.classList.contains("live")
    const file = block.querySelector(".filename")?.textContent.match(MODULE)
    const code = block.querySelector("code")
    if (!code || (!live && !file)) continue
    const original = code.textContent.trimEnd()
    const kept = live ? editOf(path.slice(SITE.length), original) : ""
    const state = (states[page.cells.length] ??= { text: edits.get(kept).text ?? original })
    const module = file?.[1].replaceAll("/", ".")
    const cell = { page, block, live, code, original, html: code.innerHTML, state, module, kept }
    page.cells.push(cell)
    if (live) addButtons(cell, (number += 1))
  }
}

/** @type {AddButtons} */
export function addButtons(cell, number) {
  const bar = new Bar(`Python cell ${number}`)
  /** @param {Press} act */
  const press = async act => {
    behaviour ??= await load("./cell.js", "./output.js", ...PYTHON)
    await behaviour.cellOf(cell)[act]()
  }
  const run = bar.button("Run", () => press("run"))
  const stop = bar.button("Stop", () => press("stop"))
  const edit = bar.button("Edit", () => press("edit"))
  const reset = bar.button("Reset", () => press("reset"))
  const changed = cell.state.text != cell.original
  if (changed) {
    cell.code.textContent = cell.state.text
    bar.say("Edited.")
  } else if ((number == 1 || cell.block == document.querySelector(SEEN)) && HOST && !isHere()) {
    bar.say(`${MB}+ MB come from ${HOST}.`) // whom the first run asks
  }
  stop.hidden = true
  reset.hidden = !changed
  // The name by which errors call the cell.
  bar.root.append(make("span", { className: "live-number", textContent: `Cell ${number}` }))
  cell.block.append(bar.root)
  Object.assign(cell, { number, bar, buttons: { run, stop, edit, reset } })
}
