// Cells: the fences of a page that a reader can run and change. Here are their buttons; what the
// buttons do comes with the first press, in cell.js. What was changed and run is kept by page, as
// long as the tab is open.

import { make } from "./elements.js"

let behaviour
const pages = new Map()

export function mount() {
  behaviour?.leave()
  const path = location.pathname
  const page = { path, cells: [], states: pages.get(path) ?? [] }
  pages.set(path, page.states)
  let number = 0
  for (const block of document.querySelectorAll(".language-python.highlight")) {
    const live = block.classList.contains("live")
    const file = block.querySelector(".filename")?.textContent.match(/^(answers\/.*?)(\/__init__)?\.py$/)
    if (!live && !file) continue
    const code = block.querySelector("code")
    const original = code.textContent.trimEnd()
    const state = (page.states[page.cells.length] ??= { text: original })
    const cell = { page, block, live, code, original, html: code.innerHTML, state, module: file?.[1].replaceAll("/", ".") }
    page.cells.push(cell)
    if (live) show(cell, (number += 1))
  }
}

function show(cell, number) {
  const button = name => {
    const element = make("button", { type: "button", className: "live-button", textContent: name })
    element.ariaLabel = `${name}: Python cell ${number}`
    element.onclick = async () => {
      try {
        behaviour ??= await import("./cell.js")
      } catch (error) {
        status.textContent = `What the button does could not be loaded: ${error.message}. Press it again.`
        return
      }
      behaviour.press(cell, name.toLowerCase())
    }
    return element
  }
  const buttons = { run: button("Run"), stop: button("Stop"), edit: button("Edit"), reset: button("Reset") }
  const status = make("span", { role: "status" })
  const clock = make("span", { ariaHidden: "true" })
  const said = make("span", { className: "live-status" }, status, " ", clock)
  const changed = cell.state.text != cell.original
  if (changed) cell.code.textContent = cell.state.text
  buttons.stop.hidden = true
  buttons.reset.hidden = !changed
  cell.block.append(make("div", { className: "live-bar" }, ...Object.values(buttons), said))
  Object.assign(cell, { number, buttons, status, clock })
}
