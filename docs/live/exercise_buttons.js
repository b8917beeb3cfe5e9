// Exercises on a page: a line of text and a button, until a reader starts one; exercise.js has the
// rest. And what concerns all that the reader wrote: export, import, clear.

import { Bar, EDITOR, PYTHON, load, make, say } from "./elements.js"
import { beginAgain, store } from "./store.js"

const NEEDED = [
  ...[...EDITOR, ...PYTHON, "./passed.js", "./page_cards.js", "./study.js", "./days.js", "./today.js"],
  ...["./call_cell.js", "./cell_buttons.js"],
]
let places = []

class Place {
  // `again`: whether it is to be passed again, from the stub. Home shows a wrong answer to begin
  // with, and its verdict, and has a name for the button.
  constructor(root, again = false) {
    Object.assign(this, { root, again })
    this.name = root.dataset.exercise
    const bar = (this.bar = new Bar(`exercise ${this.name}`))
    const before = root.querySelector(".exercise-bar")
    this.wrong = root.querySelector(".exercise-wrong")
    this.word = before.querySelector("a")?.textContent ?? "Start"
    Object.assign(root, { role: "group", ariaLabel: `Exercise ${this.name}` })
    this.start = bar.button(this.word, () => this.open())
    this.saved = make("span")
    this.notice = make("p", { className: "exercise-notice", role: "status" })
    bar.said.prepend(this.saved, " ")
    before.replaceWith(bar.root, this.notice)
    this.update()
  }

  update() {
    const { passed, solution, text } = store.get(this.name)
    const how = passed && solution && Date.parse(solution) <= Date.parse(passed) ? " with the solution" : ""
    say(this.saved, passed ? `Passed ${new Date(passed).toLocaleDateString()}${how}.` : "")
    say(this.notice, store.notice(this.name))
    const fromStub = this.beginsAgain && (passed ?? text) != null
    const start = fromStub ? "Again from the stub" : text == null ? this.word : "Continue"
    this.bar.rename(this.start, start)
    this.exercise?.update()
  }

  // What is written is begun with, if anything is: only then the wrong answer is not.
  get first() {
    return store.get(this.name).text == null ? this.wrong?.querySelector("code").textContent : undefined
  }

  // Not a second time, if it was left half written.
  get beginsAgain() {
    return this.again && !store.get(this.name).again
  }

  async open() {
    this.bar.say("Loading the editor…")
    const { open } = await load("./exercise.js", ...NEEDED)
    if (this.beginsAgain) beginAgain(this.name, true)
    const verdict = this.first ? this.wrong.querySelector(".exercise-report").children : []
    this.exercise = await open(this)
    this.exercise.report.append(...verdict)
    this.wrong?.remove()
  }
}

// The bar below the explanation of what is kept. What it does comes with the first press.
class Kept {
  constructor(root) {
    this.bar = new Bar("what you wrote and studied", root)
    this.bar.button("Export", () => this.export())
    this.bar.button("Import", () => this.file.click())
    this.bar.button("Clear", () => this.clear())
    this.file = make("input", { type: "file", accept: ".json", hidden: true })
    this.file.onchange = () => this.import()
    root.append(this.file)
  }

  async export() {
    const { exported } = await load(...EXPORT)
    const url = URL.createObjectURL(new Blob([exported()], { type: "application/json" }))
    make("a", { href: url, download: "answers-practice.json" }).click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }

  async import() {
    try {
      const { imported } = await load(...EXPORT)
      const { exercises, cards, beside } = await imported(await this.file.files[0].text())
      const all = [counted(exercises, "exercise"), ...(cards ? [counted(cards, "card")] : [])]
      const told = `Imported ${all.join(" and ")}. What you had written here, Bring back restores.`
      this.bar.say(told + besides(beside))
    } catch (error) {
      this.bar.say(`Not imported: ${error.message}.`)
    }
    this.file.value = ""
  }

  async clear() {
    if (!confirm("Delete all that you wrote, passed and studied, in this browser?")) return
    const { clear } = await load(...EXPORT)
    clear()
    this.bar.say("All deleted.")
  }
}

const EXPORT = ["./export.js", "./study.js", "./days.js", "./mock_draw.js", "./mock_state.js"]
const counted = (count, thing) => `${count} ${thing}${count == 1 ? "" : "s"}`

// Which cells have the text of an import beside their own; a name is the page of a cell and a hash.
function besides(names) {
  const pages = names.map(name => name.split("/").slice(0, -1).join("/") || "the home page")
  const cells = pages.map(page => `a cell of ${page}`).join(", ")
  return cells && ` As comments below what you changed here, too: ${cells}.`
}

// An exercise that a script has put on the page, to be passed again.
export function mountAgain(root) {
  const place = new Place(root, true)
  places.push(place)
  return place
}

store.addEventListener("change", () => places.forEach(place => place.update()))
document$.subscribe(() => {
  places = Array.from(document.querySelectorAll(".exercise[data-exercise]"), root => new Place(root))
  document.querySelectorAll(".exercise-kept").forEach(root => new Kept(root))
})
