// Exercises on a page: a line of text and a button, until a reader starts one; exercise.js has the
// rest.

import { Bar, EDITOR, MB, PYTHON, isHere, load, make, say } from "./elements.js"
import { beginAgain, store } from "./store.js"

const NEEDED = [
  ...[...EDITOR, ...PYTHON, "./passed.js", "./page_cards.js", "./study.js", "./days.js"],
  ...["./call_cell.js", "./cell_buttons.js"],
]
/** @type {Place[]} */
let places = []

export class Place {
  // `again`: whether it is to be passed again, from the stub. Home shows a wrong answer to begin
  // with, and its verdict, and has a name for the button.
  /** @param {Element} root */
  constructor(root, again = false) {
    this.root = root
    this.again = again
    this.name = root.dataset.exercise ?? ""
    const bar = (this.bar = new Bar(`exercise ${this.name}`))
    const before = root.querySelector(".exercise-bar")
    this.wrong = root.querySelector(".exercise-wrong")
    this.verdict = this.wrong?.querySelector(".exercise-report")
    this.word = before?.querySelector("a")?.textContent ?? "Start"
    Object.assign(root, { role: "group", ariaLabel: `Exercise ${this.name}` })
    this.start = bar.button(this.word, () => this.open())
    this.saved = make("span")
    this.notice = make("p", { className: "exercise-notice", role: "status" })
    bar.said.prepend(this.saved, " ")
    before?.replaceWith(bar.root, this.notice)
    this.update()
    if (root == document.querySelector(".exercise[data-exercise]") && !isHere()) {
      bar.say(`${this.start.textContent} downloads ${MB} MB, once for all pages.`)
    }
  }

  update() {
    const { passed, solution, text } = store.get(this.name)
    const how = passed && solution && Date.parse(solution) <= Date.parse(passed) ? " with the solution" : ""
    say(this.saved, passed ? `Passed ${new Date(passed).toLocaleDateString("en-GB", { dateStyle: "long" })}${how}.` : "")
    say(this.notice, store.notice(this.name))
    const fromStub = this.beginsAgain && (passed ?? text) != null
    const start = fromStub ? "Again from the stub" : text == null ? this.word : "Continue"
    this.bar.rename(this.start, start)
    if (this.verdict) this.verdict.hidden = passed != null
    this.exercise?.update()
  }

  // The wrong answer that home shows, to begin with it; nothing, once the reader has written anything.
  get first() {
    return store.get(this.name).text == null ? this.wrong?.querySelector("code")?.textContent : undefined
  }

  // Whether to begin again from the stub: not a second time, if it was left half written.
  get beginsAgain() {
    return this.again && !store.get(this.name).again
  }

  async open() {
    this.bar.say("Loading the editor…")
    /** @type {typeof import("./exercise.js")} */
    const { open } = await load("./exercise.js", ...NEEDED)
    if (this.beginsAgain) beginAgain(this.name, true)
    const verdict = this.first && this.verdict ? this.verdict.children : []
    this.exercise = await open(this)
    this.exercise.report.append(...verdict)
    this.wrong?.remove()
  }
}

// An exercise that a script has put on the page, to be passed again.
/** @param {Element} root */
export function mountAgain(root) {
  const place = new Place(root, true)
  places.push(place)
  return place
}

store.addEventListener("change", () => places.forEach(place => place.update()))
document$.subscribe(() => {
  places = Array.from(document.querySelectorAll(".exercise[data-exercise]"), root => new Place(root))
})
