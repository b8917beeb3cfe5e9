// Exercises on a page: a line of text and a button, until a reader starts one; exercise.js has the
// rest. And what concerns all that the reader wrote: export, import, clear.

import { button, make, rename, say } from "./elements.js"
import { store } from "./store.js"

let places = []
let opened // exercise.js, once it has come

class Place {
  constructor(root) {
    this.root = root
    this.name = root.dataset.exercise
    this.about = `exercise ${this.name}`
    root.setAttribute("role", "group")
    root.setAttribute("aria-label", `Exercise ${this.name}`)
    this.start = button("Start", this.about, () => this.open())
    this.saved = make("span")
    this.status = make("span", { role: "status" })
    this.clock = make("span", { ariaHidden: "true" })
    this.notice = make("p", { className: "exercise-notice", role: "status" })
    const said = make("span", { className: "live-status" }, this.saved, " ", this.status, " ", this.clock)
    this.bar = make("div", { className: "live-bar" }, this.start, said)
    root.querySelector(".exercise-bar").replaceWith(this.bar, this.notice)
    this.update()
  }

  get record() {
    return store.get(this.name)
  }

  update() {
    const { passed, text } = this.record
    say(this.saved, passed ? `Passed ${new Date(passed).toLocaleDateString()}.` : "")
    say(this.notice, store.notice(this.name))
    rename(this.start, text == null ? "Start" : "Continue")
    this.exercise?.update()
  }

  async open() {
    if (this.opening) return
    this.opening = true
    say(this.status, "Loading the editor…")
    try {
      opened ??= await import("./exercise.js")
      this.exercise ??= await opened.open(this)
      say(this.status, "")
    } catch (error) {
      say(this.status, `It could not be loaded: ${error.message}. Press ${this.start.textContent} to try again.`)
    }
    this.opening = false
  }
}

// The bar below the explanation of what is kept.
class Kept {
  constructor(root) {
    this.status = make("span", { className: "live-status", role: "status" })
    this.file = make("input", { type: "file", accept: ".json", hidden: true, onchange: () => this.import() })
    const about = "what you wrote"
    root.append(
      button("Export", about, () => this.export()),
      button("Import", about, () => this.file.click()),
      button("Clear", about, () => this.clear()),
      this.file,
      this.status,
    )
  }

  export() {
    const url = URL.createObjectURL(new Blob([store.export()], { type: "application/json" }))
    make("a", { href: url, download: "answers-practice.json" }).click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }

  async import() {
    try {
      const count = store.import(await this.file.files[0].text())
      say(this.status, `Imported ${count} exercise${count == 1 ? "" : "s"}. What you had written here, Bring back restores.`)
    } catch (error) {
      say(this.status, `Not imported: ${error.message}.`)
    }
    this.file.value = ""
  }

  clear() {
    if (!confirm("Delete all that you wrote and passed, in this browser?")) return
    store.clear()
    say(this.status, "All deleted.")
  }
}

store.addEventListener("change", () => places.forEach(place => place.update()))
document$.subscribe(() => {
  places = Array.from(document.querySelectorAll(".exercise[data-exercise]"), root => new Place(root))
  document.querySelectorAll(".exercise-kept").forEach(root => new Kept(root))
  opened?.leave()
})
