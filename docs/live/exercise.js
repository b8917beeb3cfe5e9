// An exercise that a reader has started: write, check, be told which mistake it is. The grader is
// answers/grader, in the Python of the cells.

import { callCell } from "./call_cell.js"
import { createEditor } from "./editor.js"
import { fetched, isHere, make } from "./elements.js"
import { fold } from "./folds.js"
import { keysOf } from "./keys.js"
import { numberOf, pathOf } from "./page_cards.js"
import { concluded } from "./passed.js"
import { judge } from "./python.js"
import { beginAgain, store } from "./store.js"
import { keepPlace } from "./study.js"
import { isBusy, show, talk, worksFor } from "./talk.js"

// As on the command line.
const SECONDS = 10
/** @param {string} name */
const needed = name => `import numpy, answers.exercises.${name}\n`

// The exercise of a place on the page, open for writing.
/** @param {Place} place */
export async function open(place) {
  const { name } = place
  /** @type {Entry} */
  const entry = await (await fetched(`exercises/${name}.json`)).json()
  const path = pathOf(location.href)
  if (numberOf(path)) keepPlace(path)
  place.bar.say("")
  const exercise = new Exercise(place, entry)
  exercise.prepare()
  return exercise
}

// Text of ours, with `code`, and what was expected and what came set off.
/** @param {string} text @param {Partial<Failure>} [told] */
function inline(text, { expected, got } = {}) {
  return text.split(/(`[^`\n]+`|(?<=expected |got )[^,;\s]+)/).map((part, index) => {
    if (index % 2 == 0) return part
    if (part[0] == "`") return make("code", { textContent: part.slice(1, -1) })
    const className = part == expected ? "right" : part == got ? "wrong" : ""
    return className ? make("b", { className, textContent: part }) : part
  })
}

/** @param {Parts} parts */
const paragraph = (...parts) => make("p", {}, ...parts)
/** @param {string} textContent */
const strong = (textContent, className = "") => make("strong", { className, textContent })
/** @param {string} text */
const sentence = text => text[0].toUpperCase() + text.slice(1)
// Code may scroll.
/** @param {string} textContent @param {string} ariaLabel */
const block = (textContent, ariaLabel) => make("pre", {}, make("code", { textContent, tabIndex: 0, role: "region", ariaLabel }))

// Python, while it comes for the exercise that was started first.
/** @type {ReturnType<typeof talk> | undefined} */
let coming

export class Exercise {
  output = ""

  /** @param {Place} place @param {Entry} entry */
  constructor({ bar, name, root, start, first }, entry) {
    this.bar = bar
    this.entry = entry
    this.name = name
    this.first = first ?? entry.stub
    this.buttons = {
      check: bar.button("Check", () => this.checkAndLook()),
      stop: bar.button("Stop", () => judge.stop()),
      hint: bar.button("Hint", () => this.hint()),
      solution: bar.button("Solution", () => this.showSolution()),
      reset: bar.button("Reset", () => this.reset()),
      back: bar.button("Bring back", () => this.bringBack()),
      call: bar.button("Failing call", () => this.showCall()),
    }
    this.report = make("div", { role: "status" })
    this.printed = make("div")
    // Beside the exercise, for it is a cell.
    this.call = make("div", { className: "exercise-call" })
    root.after(this.call)
    this.hints = make("ol")
    this.help = make("div", { role: "status" })
    const parts = [this.report, this.printed, this.help]
    this.editor = createEditor({
      text: this.text,
      label: `Exercise ${name}`,
      run: () => this.check(),
      change: text => {
        if (text != this.text) store.set(name, { text: text == this.first ? undefined : text })
      },
    })
    fold(this.editor)
    start.remove()
    bar.root.before(this.editor.dom)
    bar.root.prepend(keysOf(this.editor))
    root.append(make("div", { className: "exercise-report" }, ...parts))
    bar.changed = () => this.update()
    this.update()
    this.editor.focus()
  }

  get record() {
    return store.get(this.name)
  }

  get text() {
    return this.record.text ?? this.first
  }

  update() {
    const { record, buttons, entry, editor } = this
    const works = worksFor(this.bar)
    show(buttons.stop, works, editor)
    show(buttons.call, this.failing != null, editor)
    show(buttons.reset, record.text != null, editor)
    show(buttons.back, record.before != null && record.before != this.text, editor)
    buttons.check.ariaDisabled = String(works)
    this.bar.rename(buttons.reset, record.passed ? "Again from the stub" : "Reset")
    const all = entry.hints.length
    this.bar.rename(buttons.hint, `Hint ${Math.min((record.hints ?? 0) + 1, all)} of ${all}`)
    buttons.hint.ariaDisabled = String(this.hints.childElementCount == all)
    this.take(this.text)
  }

  // The text, if it has come from elsewhere: another tab, an import.
  /** @param {string} text */
  take(text) {
    const { doc } = this.editor.state
    if (doc.toString() == text) return
    this.editor.dispatch({ changes: { from: 0, to: doc.length, insert: text } })
    if (text == this.entry.stub) fold(this.editor)
  }

  // Checking

  // Where Python is not here yet, it comes while the reader writes: a check waits for it.
  async prepare() {
    if (isHere() || isBusy()) return judge.foresee(needed(this.name))
    coming = talk(this.bar, "Check", ask => this.load(ask))
    const outcome = await coming
    coming = undefined
    if (outcome?.status == "done") this.bar.say("")
  }

  /** @param {Ask} ask */
  load(ask) {
    return ask("answers.grader.browser_judge.prepare", [this.name], { code: needed(this.name), says: "Loading Python…" })
  }

  async check() {
    if (coming && !worksFor(this.bar)) this.bar.say("Waiting for Python, which is downloaded…")
    if ((await coming)?.status == "stopped") return
    await talk(this.bar, "Check", async ask => {
      const outcome = await this.judge(ask)
      if (outcome.status == "done") await this.conclude(outcome.result)
      return outcome
    })
  }

  // A keyboard on the screen goes, for it may lie over the verdict.
  checkAndLook() {
    this.editor.contentDOM.blur()
    return this.check()
  }

  clear() {
    this.report.replaceChildren()
    this.printed.replaceChildren()
    this.failing = null
    this.output = ""
  }

  /** @param {Ask} ask @returns {Promise<Outcome<Verdict>>} */
  async judge(ask) {
    this.clear()
    const written = this.editor.state.doc.toString()
    const loaded = await this.load(ask)
    if (loaded.status != "done") return loaded
    const outcome = await ask("answers.grader.browser_judge.check", [this.name, written], {
      code: needed(this.name) + written,
      seconds: SECONDS,
      says: "Checking…",
      on: ({ text = "" }) => (this.output += text),
    })
    const { status, message, ran } = outcome
    const ended = /** @type {Words} */ ({
      timeout: `it did not finish within ${SECONDS} s; does a loop or a recursion never end?`,
      failed: ran ? `it ended Python before the check was finished. ${message}` : undefined,
    })[status]
    if (!ended) return outcome
    return { status: "done", result: { failures: [{ case: `running ${this.name}.py`, message: ended }] } }
  }

  /** @param {Verdict} result */
  async conclude(result) {
    this.bar.say("")
    if (result.spoilt) judge.stop()
    const [first] = [...result.failures, ...(result.notes ?? [])]
    this.bar.rename(this.buttons.call, result.failures.length ? "Failing call" : "Noted call")
    this.failing = result.cases?.includes(first?.case) ? first.case : null
    this.update()
    const output = this.output.trimEnd()
    if (output) this.printed.append(paragraph("Your code printed:"), block(output, "What your code printed"))
    if (result.failures.length) this.report.append(...this.told(result))
    else await concluded(this, this.noted(result))
    this.report.append(...this.listed(result))
    this.report.scrollIntoView({ block: "nearest" })
  }

  // Every case, once the reader asks for it.
  /** @param {Verdict} result */
  listed({ cases = [], wrong = [], notes = [] }) {
    if (!cases.length) return []
    const noted = new Set(notes.map(note => note.case))
    const rows = cases.map(name => {
      const word = wrong.includes(name) ? "wrong" : noted.has(name) ? "noted" : "passes"
      return make("li", {}, strong(word, word), ` ${name}`)
    })
    const summary = `${cases.length - wrong.length} of ${cases.length} cases pass`
    return [make("details", {}, make("summary", { textContent: summary }), make("ul", {}, ...rows))]
  }

  // What passes although it is not ours, and why.
  /** @param {Verdict} result */
  noted({ notes = [] }) {
    return notes.map(note => paragraph(strong(`${sentence(note.case)}: `), ...inline(note.message, note)))
  }

  /** @param {string} bug @param {string | null} [diagnosis] */
  named(bug, diagnosis) {
    return paragraph(strong(`${sentence(bug.replaceAll("_", " "))}. `), ...inline(diagnosis ?? ""))
  }

  /** @param {Verdict} result */
  told({ failures, bug, diagnosis }) {
    const [first, ...others] = failures
    const [message, ...place] = first.message.split("\n")
    /** @type {HTMLElement[]} */
    const told = [
      paragraph(strong("Not passed.", "wrong")),
      paragraph(strong(`${sentence(first.case)}: `), ...inline(message, first)),
    ]
    if (place.length) told.push(block(place.join("\n"), "The place"))
    const one = "Another part of the same result is wrong."
    const many = `${others.length} other parts of the same result are wrong.`
    if (others.length) told.push(paragraph(others.length == 1 ? one : many))
    if (bug) told.push(this.named(bug, diagnosis))
    return told
  }

  // Help

  hint() {
    const { hints } = this.entry
    const taken = Math.min((this.record.hints ?? 0) + 1, hints.length)
    if (!this.hints.isConnected) this.help.prepend(this.hints)
    const shown = this.hints.childElementCount
    this.hints.append(...hints.slice(shown, taken).map(hint => make("li", {}, ...inline(hint))))
    this.hints.lastElementChild?.scrollIntoView({ block: "nearest" })
    store.set(this.name, { hints: taken })
  }

  showSolution() {
    const { passed, again, solution } = this.record
    const warning = "You have not passed yet. Show this guide's answer all the same? A pass after it comes back sooner."
    if (this.solved || (!passed && !confirm(warning))) return
    this.solved = true
    const shown = new Date().toISOString()
    if (!passed) store.set(this.name, { solution: solution ?? shown })
    else if (again) store.set(this.name, { solution: shown })
    const answer = block(this.entry.solution, "The answer of this guide")
    this.help.append(paragraph("The answer of this guide:"), answer)
    const { refusals } = this.entry
    if (!refusals) return
    const summary = make("summary", { textContent: "What it refuses besides, unasked" })
    this.help.append(make("details", {}, summary, block(refusals, "What it refuses")))
  }

  // The call that fails, below what the reader wrote, as a cell.
  async showCall() {
    const asked = [this.name, this.failing, this.editor.state.doc.toString()]
    await talk(this.bar, this.buttons.call.textContent, async ask => {
      const outcome = await ask("answers.grader.browser_judge.case", asked, { code: needed(this.name), says: "Writing…" })
      if (outcome.status == "done") {
        if (typeof outcome.result != "string") throw new TypeError("a call is text")
        this.call.replaceChildren(callCell(this.name, outcome.result))
        this.call.scrollIntoView({ block: "end" }) // the call stands at the end, and Run below it
        this.call.querySelector("button")?.focus({ preventScroll: true })
        this.bar.say("")
      }
      return outcome
    })
  }

  // Nothing that the reader wrote is lost: it can be brought back, after a reload too.
  reset() {
    // Before a pass the hints that were taken count, and stay.
    if (this.record.passed) this.hints.replaceChildren()
    this.help.replaceChildren(this.hints)
    this.solved = false
    this.clear()
    beginAgain(this.name)
    this.bar.say("As it was. Bring back restores what you wrote.")
  }

  bringBack() {
    const { text, before } = this.record
    store.set(this.name, { text: before, before: text })
    this.bar.say("This is what you wrote.")
  }
}
