// What the buttons of a cell do. A page is one Python session: a cell runs after those above it that
// it needs, as needs.py tells.

import { EDITOR, load } from "./elements.js"
import { Output } from "./output.js"
import { python } from "./python.js"
import { edits } from "./store.js"
import { show, talk, worksFor } from "./talk.js"

// What takes long to load, and is loaded only if a cell needs it.
const HEAVY = /sympy|derivations/
let runs = 0

// The Cell that belongs to what cell_buttons.js knows of a cell.
/** @param {Known} known */
export const cellOf = known => (known.cell ??= new Cell(known))

export class Cell {
  /** @type {Output | undefined} */
  output
  /** @type {Editor | null} */
  editor = null

  /** @param {Known} known */
  constructor(known) {
    Object.assign(this, known)
    this.index = this.page.cells.indexOf(known)
    this.pre = /** @type {Element} */ (this.code.parentElement)
    const next = this.block.nextElementSibling
    this.committed = next?.matches(".output, .equation") ? next : null
    // The formula of a derivation stands above the fold that holds the cell, and stays.
    this.math = this.block.matches(".derivation > *")
    if (this.live) this.bar.changed = () => this.update()
  }

  get name() {
    return this.live ? `cell ${this.number}` : this.module
  }

  get imports() {
    return this.module ? `import ${this.module}\n${this.state.text}` : this.state.text
  }

  // Whether a section of the same module was changed: then the module's own objects will not do.
  get patched() {
    const ofModule = this.page.cells.filter(({ module }) => module && module == this.module)
    return ofModule.some(({ state, original }) => state.text != original)
  }

  // What has to be the same for a run to be still valid.
  get key() {
    return JSON.stringify([python.session, this.patched, this.state.text])
  }

  update() {
    const { run, stop, edit, reset } = this.buttons
    const runs = worksFor(this.bar)
    run.ariaDisabled = String(runs)
    show(stop, runs, run)
    show(reset, this.editor || this.state.text != this.original, edit)
  }

  // Running

  async run() {
    const outcome = await talk(this.bar, "Run", ask => this.runAfterThoseAbove(ask), { cells: true })
    if (outcome?.status != "done") return
    const { result, took, failed, first } = outcome
    const above = first ? ` Ran ${first} cell${first == 1 ? "" : "s"} above first.` : ""
    if (failed) this.bar.say(`Not run: ${failed} above ended in an error.`)
    else this.bar.say(`${result ? "Done in" : "Error after"} ${took}.${above}`)
  }

  stop() {
    python.stop()
  }

  /** @param {Ask} ask @returns {Promise<Ran>} */
  async runAfterThoseAbove(ask) {
    const cells = this.page.cells.map(cellOf)
    // While Python starts nobody can tell which of them it needs.
    const likely = cells.slice(0, this.index).filter(cell => !HEAVY.test(cell.imports))
    python.start([...likely, this].map(cell => cell.imports).join("\n"))
    const told = await this.needs(cells, ask)
    if (told.status != "done") return told
    const first = stale(cells, this.index, told.result)
    for (const cell of first) {
      const outcome = await cell.execute(ask, this)
      if (outcome.status != "done") return outcome
      if (!outcome.result) return { ...outcome, failed: cell.name }
    }
    const needed = told.result.needs[this.index].map(index => cells[index])
    return { ...(await this.execute(ask, this, needed)), first: first.filter(cell => cell.live).length }
  }

  // What all cells of the page need and leave behind, as they are now.
  /** @param {Cell[]} cells @param {Ask} ask */
  async needs(cells, ask) {
    const texts = cells.map(cell => cell.state.text)
    const key = JSON.stringify(texts)
    if (this.page.told?.key == key) return this.page.told
    const outcome = await ask("live_needs.needs", [texts], { code: this.imports, says: "Running…" })
    if (outcome.status == "done") this.page.told = { ...outcome, key }
    return outcome
  }

  // After Stop, the next Python warms up for what the last one was asked: for those above it, too.
  /** @type {Execute} */
  async execute(ask, asked, needed = []) {
    const { key } = this
    // An included section has no output of its own: what it prints stands below the cell that uses it.
    const output = new Output(this.live ? this : asked)
    const cell = [this.page.path, this.name, this.state.text, this.module ?? null, this.patched]
    const outcome = await ask("live_worker.run", cell, {
      code: [...needed, this].map(each => each.imports).join("\n"),
      math: this.math,
      says: this == asked ? "Running…" : "Running the cells above first…",
      on: message => output.add(message),
    })
    await output.end()
    Object.assign(this.state, { ran: outcome.result ? key : null, at: (runs += 1), session: python.session })
    return outcome
  }

  // Changing

  async edit() {
    if (!this.editor) {
      /** @type {typeof import("./editor.js")} */
      const { createEditor } = await load(...EDITOR)
      const { keysOf } = await import("./keys.js")
      // The page may draw in between.
      await new Promise(done => setTimeout(done))
      this.editor ??= createEditor({
        text: this.state.text,
        label: `Python cell ${this.number}`,
        run: () => this.run(),
        change: text => this.write(text),
      })
      this.keys = keysOf(this.editor)
      this.bar.root.prepend(this.keys)
      this.pre.after(this.editor.dom)
      this.pre.hidden = true
      this.update()
    }
    this.editor.focus()
  }

  // The browser keeps what differs from the page.
  /** @param {string} text */
  write(text) {
    this.state.text = text
    if (this.kept) {
      edits.set(this.kept, { text: text == this.original ? undefined : text })
      const notice = edits.notice(this.kept)
      if (notice) this.bar.say(notice)
    }
    this.update()
  }

  reset() {
    this.write(this.original)
    this.code.innerHTML = this.html
    this.pre.hidden = false
    this.editor?.destroy()
    this.keys?.remove()
    this.editor = null
    this.output?.element.remove()
    if (this.committed) this.committed.hidden = false
    this.bar.say("As it was.")
    this.update()
  }
}

// Those of the cells that the one of that index needs and that have not run, or not as it needs them:
// another has changed since what they left behind and is used, or what they need is run again.
/** @type {Stale} */
function stale(cells, index, { needs, uses, writes }) {
  const at = cells.map(({ state }) => (state.session == python.session ? (state.at ?? 0) : 0))
  const used = new Set([index, ...needs[index]].flatMap(one => uses[one]))
  /** @param {number} one @param {number} other */
  const shared = (one, other) => writes[other].some(name => used.has(name) && writes[one].includes(name))
  /** @type {Set<number>} */
  const again = new Set()
  /** @param {number} one */
  const isStale = one => {
    const { key, state } = cells[one]
    if (key != state.ran || needs[one].some(other => again.has(other) || at[other] > at[one])) return true
    // What ran after it in the order of the page, and is not run again, belongs to what is needed.
    /** @param {number} other */
    const kept = other => other > one && needs[index].includes(other) && !again.has(other)
    return at.some((when, other) => when > at[one] && !kept(other) && shared(one, other))
  }
  let size
  do {
    size = again.size
    for (const one of needs[index]) if (!again.has(one) && isStale(one)) again.add(one)
  } while (again.size > size)
  return needs[index].filter(one => again.has(one)).map(one => cells[one])
}
