// An exercise that a reader has started: write, check, be told which mistake it is. The grader is
// answers/practice, in the Python of the cells.

import { createEditor } from "./editor.js"
import { button, make, rename, say } from "./elements.js"
import { python } from "./python.js"
import { store } from "./store.js"

const SECONDS = 10 // as on the command line
const SITE = new URL("..", import.meta.url)
const NEEDED = "import answers, numpy\n"

let book, running

// The exercise of a place on the page, open for writing.
export async function open(place) {
  book ??= load()
  return new Exercise(place, (await book)[place.name])
}

async function load() {
  try {
    const answer = await fetch(new URL("exercises.json", import.meta.url), { cache: "no-cache" })
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
    return await answer.json()
  } catch (error) {
    book = null
    throw error
  }
}

// The reader has gone to another page: what still runs there is no longer wanted.
export function leave() {
  if (running && !running.place.root.isConnected) python.stop()
}

// Text of ours, with `code`, and what was expected and what came set off.
function inline(text, { expected, got } = {}) {
  return text.split(/(`[^`\n]+`|(?<=expected |got )[^,;\s]+)/).map((part, index) => {
    if (index % 2 == 0) return part
    if (part[0] == "`") return make("code", { textContent: part.slice(1, -1) })
    const className = part == expected ? "right" : part == got ? "wrong" : ""
    return className ? make("b", { className, textContent: part }) : part
  })
}

const paragraph = (...parts) => make("p", {}, ...parts)
const strong = (textContent, className = "") => make("strong", { className, textContent })
const block = (textContent, label) => {
  const code = make("code", { textContent, tabIndex: 0, role: "region" }) // it may scroll
  code.setAttribute("aria-label", label)
  return make("pre", {}, code)
}
const sentence = text => text[0].toUpperCase() + text.slice(1)
const megabytes = bytes => (bytes / 1e6).toFixed(1)

class Exercise {
  constructor(place, entry) {
    Object.assign(this, { place, entry, name: place.name })
    const add = (name, act) => button(name, place.about, act)
    this.buttons = {
      check: add("Check", () => this.check()),
      stop: add("Stop", () => python.stop()),
      hint: add("Hint", () => this.hint()),
      solution: add("Solution", () => this.showSolution()),
      reset: add("Reset", () => this.reset()),
      back: add("Bring back", () => this.bringBack()),
    }
    this.report = make("div", { role: "status" })
    this.printed = make("div")
    this.hints = make("ol")
    this.help = make("div", { role: "status" })
    this.editor = createEditor({
      text: this.text,
      label: `Exercise ${this.name}`,
      run: () => this.check(),
      change: text => this.taking || store.set(this.name, { text: text == entry.stub ? undefined : text }),
    })
    place.start.replaceWith(...Object.values(this.buttons))
    place.bar.before(this.editor.dom)
    place.root.append(make("div", { className: "exercise-report" }, this.report, this.printed, this.help))
    this.update()
    this.editor.focus()
  }

  get record() {
    return store.get(this.name)
  }

  get text() {
    return this.record.text ?? this.entry.stub
  }

  update() {
    const { record, buttons, entry } = this
    const show = (element, shown) => {
      if (!shown && document.activeElement == element) this.editor.focus()
      element.hidden = !shown
    }
    show(buttons.stop, running == this)
    show(buttons.reset, record.text != null)
    show(buttons.back, record.before != null && record.before != this.text)
    buttons.check.setAttribute("aria-disabled", running == this)
    const all = entry.hints.length
    rename(buttons.hint, `Hint ${Math.min((record.hints ?? 0) + 1, all)} of ${all}`)
    buttons.hint.setAttribute("aria-disabled", this.hints.childElementCount == all)
    this.take(this.text)
  }

  // The text, if it has come from elsewhere: another tab, an import.
  take(text) {
    const { doc } = this.editor.state
    if (doc.toString() == text) return
    this.taking = true
    this.editor.dispatch({ changes: { from: 0, to: doc.length, insert: text } })
    this.taking = false
  }

  say(text) {
    say(this.place.status, text)
  }

  // Checking

  async check() {
    if (running) {
      if (running != this) this.say("Another exercise is being checked; stop that first.")
      return
    }
    if (python.busy) return this.say("A cell is running; stop it first.")
    running = this
    this.report.replaceChildren()
    this.printed.replaceChildren()
    this.output = ""
    this.stage = null
    this.say("Loading Python…")
    this.update()
    const start = performance.now()
    const { clock } = this.place
    const tick = setInterval(() => {
      if (this.stage) clock.textContent = `${((performance.now() - start) / 1000).toFixed(1)} s`
    }, 100)
    const outcome = await this.judge(this.editor.state.doc.toString())
    clearInterval(tick)
    clock.textContent = ""
    running = null
    this.conclude(outcome)
    this.update()
  }

  async judge(text) {
    const loaded = await python.call("answers.practice.browser_judge.prepare", [this.name], {
      code: NEEDED,
      on: message => this.hear(message),
    })
    if (loaded.status != "done") return loaded
    return python.call("answers.practice.browser_judge.check", [this.name, text], {
      code: NEEDED + text,
      seconds: SECONDS,
      on: message => {
        if (message.state == "running") this.say((this.stage = "Checking…"))
        this.hear(message)
      },
    })
  }

  hear({ loaded, total, text }) {
    if (total && !this.stage) this.place.clock.textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`
    if (text) this.output += text
  }

  conclude({ status, message, result }) {
    const ended = {
      timeout: `it did not finish within ${SECONDS} s; does a loop never end?`,
      failed: this.stage && `it ended Python before the check was finished. ${message}`,
    }[status]
    if (ended) result = { failures: [{ case: `running ${this.name}.py`, message: ended }] }
    const said = {
      stopped: "Stopped.",
      failed: `${message} Press Check to try again.`,
      raised: `The checker itself failed, which is our mistake: ${this.output.trim().split("\n").pop()}`,
    }
    this.say(result ? "" : said[status])
    if (!result) return
    if (result.spoilt) python.restart()
    if (!result.failures.length) store.set(this.name, { passed: this.record.passed ?? new Date().toISOString() })
    this.report.append(...this.told(result))
    if (this.output.trim()) {
      this.printed.append(paragraph("Your code printed:"), block(this.output.trimEnd(), "What your code printed"))
    }
  }

  told({ failures, bug, diagnosis }) {
    if (!failures.length) {
      const href = new URL(`questions/${this.entry.page}/#they-will-ask-next`, SITE).href
      const next = make("a", { href, textContent: "what an interviewer asks next" })
      return [paragraph(strong("Passed.", "right"), " Go on with ", next, ".")]
    }
    const [first, ...others] = failures
    const [message, ...place] = first.message.split("\n")
    const told = [
      paragraph(strong("Not passed.", "wrong")),
      paragraph(strong(`${sentence(first.case)}: `), ...inline(message, first)),
    ]
    if (place.length) told.push(block(place.join("\n"), "The place"))
    if (others.length) {
      const parts = others.length == 1 ? "Another part" : `${others.length} other parts`
      told.push(paragraph(`${parts} of the same result ${others.length == 1 ? "is" : "are"} wrong.`))
    }
    if (bug) told.push(paragraph(strong(`${sentence(bug.replaceAll("_", " "))}. `), ...inline(diagnosis)))
    return told
  }

  // Help

  hint() {
    const { hints } = this.entry
    const taken = Math.min((this.record.hints ?? 0) + 1, hints.length)
    if (!this.hints.isConnected) this.help.prepend(this.hints)
    const shown = this.hints.childElementCount
    this.hints.append(...hints.slice(shown, taken).map(hint => make("li", {}, ...inline(hint))))
    store.set(this.name, { hints: taken })
  }

  showSolution() {
    const warning = "You have not passed yet. Show this guide's answer all the same?"
    if (this.solved || (!this.record.passed && !confirm(warning))) return
    this.solved = true
    this.help.append(paragraph("The answer of this guide:"), block(this.entry.solution, "The answer of this guide"))
  }

  // Nothing that the reader wrote is lost: it can be brought back, after a reload too.
  reset() {
    store.set(this.name, { text: undefined, before: this.record.text })
    this.report.replaceChildren()
    this.printed.replaceChildren()
    this.say("As it was. Bring back restores what you wrote.")
  }

  bringBack() {
    const { text, before } = this.record
    store.set(this.name, { text: before, before: text })
    this.say("This is what you wrote.")
  }
}
