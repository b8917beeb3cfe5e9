// What a run of a cell prints, in place of what the page shows below it: texts as they come, formulas
// typeset.

import { KATEX, load, make } from "./elements.js"

export class Output {
  element = make("div", { className: "live-output" })
  /** @type {Message[]} */
  #pending = []
  /** @type {Promise<void>[]} */
  #formulas = []

  /** @param {Cell} cell */
  constructor(cell) {
    cell.output?.element.remove()
    cell.output = this
    if (cell.committed) cell.committed.hidden = true
    cell.block.after(this.element)
  }

  /** @param {Message} message */
  add(message) {
    // The reader's code may post messages of its own.
    if (typeof (message.tex ?? message.text) != "string") return
    if (!this.#pending.length) requestAnimationFrame(() => this.#render())
    this.#pending.push(message)
  }

  async end() {
    this.#render()
    await Promise.all(this.#formulas)
    for (const code of this.element.querySelectorAll("code, .equation")) {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = code
      if (scrollWidth > clientWidth || scrollHeight > clientHeight + 1) code.tabIndex = 0
    }
  }

  #render() {
    for (const { stream = "", text = "", tex } of this.#pending.splice(0)) {
      const last = this.element.lastElementChild
      if (tex) this.#formulas.push(this.#typeset(tex))
      else if (stream && last?.dataset.stream == stream) last.querySelector("code")?.append(text)
      else this.element.append(printed(text, stream))
    }
  }

  // What is no formula is shown as text.
  /** @param {string} tex */
  async #typeset(tex) {
    const place = make("div", { className: "equation" })
    this.element.append(place)
    try {
      if (!self.katex) await load(KATEX)
      katex.render(tex.trim(), place, { displayMode: true, strict: "error" })
    } catch {
      place.replaceWith(printed(tex.trimEnd() + "\n", "stdout"))
    }
  }
}

/** @param {string} text @param {string} stream */
function printed(text, stream) {
  const pre = make("pre", {}, make("code", { textContent: text }))
  const block = make("div", { className: "output highlight" }, pre)
  block.dataset.stream = stream
  return block
}
