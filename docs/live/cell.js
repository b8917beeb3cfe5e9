// What the buttons of a cell do. A page is one Python session: a cell runs after those above it.

import { make } from "./elements.js"
import { python } from "./python.js"

let running
const cells = new Map() // by what cell_buttons.js knows of them

const cellOf = known => {
  if (!cells.has(known)) cells.set(known, new Cell(known))
  return cells.get(known)
}

export function press(known, button) {
  cellOf(known)[button]()
}

// Another page is shown, or the same one anew.
export function leave() {
  cells.clear()
  if (running && !running.block.isConnected) python.stop()
}

const count = (number, what) => `${number} ${what}${number == 1 ? "" : "s"}`
const megabytes = bytes => (bytes / 1e6).toFixed(1)

class Cell {
  constructor(known) {
    Object.assign(this, known)
    this.known = known
    const next = this.block.nextElementSibling
    this.committed = next?.matches(".output, .equation") ? next : null
  }

  get changed() {
    return this.state.text != this.original
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

  // An included section defines names, and does nothing else: it matters if one of them is used.
  isUsedBy(users) {
    const names = this.state.text.matchAll(/^(?:def |class )?(\w+)(?=[(:]| =)/gm)
    const used = new RegExp(`\\b(${Array.from(names, name => name[1]).join("|")})\\b`)
    return users.some(cell => used.test(cell.state.text))
  }

  update() {
    const { run, stop, reset } = this.buttons
    const runs = running == this
    const shown = (element, show, instead) => {
      if (!show && document.activeElement == element) instead.focus()
      element.hidden = !show
    }
    run.setAttribute("aria-disabled", runs)
    shown(stop, runs, run)
    shown(reset, this.changed || this.editor, this.buttons.edit)
  }

  // Running

  async run() {
    if (running) {
      if (running != this) this.say("Another cell is running; stop it first.")
      return
    }
    running = this
    this.update()
    const start = performance.now()
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`
    const tick = setInterval(() => this.stage && (this.clock.textContent = seconds()), 100)
    let failed = false
    try {
      const outcome = await this.runAfterThoseAbove()
      failed = outcome.status == "failed"
      const above = outcome.above ? ` Ran ${count(outcome.above, "cell")} above first.` : ""
      this.say({
        done: `Done in ${seconds()}.${above}`,
        error: `Error after ${seconds()}.${above}`,
        above: `Not run: ${outcome.name} above ended in an error.`,
        stopped: `Stopped after ${seconds()}. Python was restarted: variables are gone.`,
        failed: `${outcome.message} Press Retry to try again.`,
        raised: outcome.message,
        busy: "An exercise is being checked; stop that first.",
      }[outcome.status])
    } catch (error) {
      failed = true
      this.say(`Python could not be loaded: ${error.message}. Press Retry to try again.`)
    }
    clearInterval(tick)
    this.stage = null
    this.clock.textContent = ""
    running = null
    this.buttons.run.firstChild.data = failed ? "Retry" : "Run"
    this.buttons.run.setAttribute("aria-label", `${failed ? "Retry" : "Run"}: Python cell ${this.number}`)
    this.update()
  }

  stop() {
    if (running == this) python.stop()
  }

  async runAfterThoseAbove() {
    if (python.busy) return { status: "busy" }
    this.say("Loading Python…")
    const above = this.page.cells.slice(0, this.page.cells.indexOf(this.known)).map(cellOf)
    const stale = above.filter(cell => cell.key != cell.state.ran)
    const todo = [...stale.filter(cell => cell.live), this]
    const needed = stale.filter(cell => !cell.live && cell.isUsedBy(todo))
    const order = [...stale.filter(cell => cell.live || needed.includes(cell)), this]
    python.start(order.map(cell => cell.imports).join("\n"))
    let ran = 0
    for (const cell of order) {
      const outcome = await cell.execute(this)
      if (outcome.status != "done") return outcome
      if (!outcome.result) return cell == this ? { status: "error", above: ran } : { status: "above", name: cell.name }
      if (cell.live && cell != this) ran += 1
    }
    return { status: "done", above: ran }
  }

  get name() {
    return this.live ? `cell ${this.number}` : this.module
  }

  get imports() {
    return this.module ? `import ${this.module}\n${this.state.text}` : this.state.text
  }

  async execute(asked) {
    const { key } = this
    const output = new Output(this.live ? this : asked) // what a section might say, beside its user
    const cell = [this.page.path, this.name, this.state.text, this.module ?? null, this.patched]
    const outcome = await python.call("live_worker.run", cell, {
      code: this.imports,
      math: this.committed?.matches(".equation"),
      on: message => (message.state || message.total ? asked.tell(message, this) : output.add(message)),
    })
    output.end()
    this.state.ran = outcome.status == "done" && outcome.result ? key : null
    return outcome
  }

  tell({ state, loaded, total }, cell) {
    if (total && this.stage != "running") this.clock.textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`
    if (state != "running" || this.stage == state) return
    this.stage = state
    this.say(cell == this ? "Running…" : "Running the cells above first…")
  }

  say(text) {
    if (this.status.textContent != text) this.status.textContent = text
  }

  // Changing

  async edit() {
    if (!this.editor) {
      try {
        const { createEditor } = await (this.opening ??= import("./editor.js"))
        await new Promise(done => setTimeout(done)) // the page may draw in between
        this.editor ??= createEditor({
          text: this.state.text,
          label: `Python cell ${this.number}`,
          run: () => this.run(),
          change: text => {
            this.state.text = text
            this.update()
          },
        })
      } catch (error) {
        this.opening = null
        return this.say(`The editor could not be loaded: ${error.message}`)
      }
      this.code.parentElement.after(this.editor.dom)
      this.code.parentElement.hidden = true
      this.update()
    }
    this.editor.focus()
  }

  reset() {
    this.state.text = this.original
    this.code.innerHTML = this.html
    this.code.parentElement.hidden = false
    this.editor?.destroy()
    this.editor = null
    this.output?.element.remove()
    if (this.committed) this.committed.hidden = false
    this.say("As it was.")
    this.update()
  }
}

// What a run of a cell prints, in place of what the page shows below it.
class Output {
  element = make("div", { className: "live-output" })
  #pending = []

  constructor(cell) {
    cell.output?.element.remove()
    cell.output = this
    if (cell.committed) cell.committed.hidden = true
    cell.block.after(this.element)
  }

  add(message) {
    if (!this.#pending.length) requestAnimationFrame(() => this.#render())
    this.#pending.push(message)
  }

  end() {
    this.#render()
    for (const code of this.element.querySelectorAll("code, .equation")) {
      if (code.scrollWidth > code.clientWidth || code.scrollHeight > code.clientHeight + 1) code.tabIndex = 0
    }
  }

  #render() {
    for (const { stream, text, html } of this.#pending.splice(0)) {
      const last = this.element.lastElementChild
      if (html) this.element.append(make("div", { className: "equation", innerHTML: html }))
      else if (last?.dataset.stream == stream) last.querySelector("code").append(text)
      else {
        const block = make("div", { className: "output highlight" }, make("pre", {}, make("code", { textContent: text })))
        block.dataset.stream = stream
        this.element.append(block)
      }
    }
  }
}
