// What concerns all that the reader wrote and studied: export, import, clear. Here is the bar below the
// explanation of what is kept; what it does comes with the first press, in export.js.

import { Bar, counted, load, make } from "./elements.js"

/** @param {Element} root */
export function mount(root) {
  new Kept(root)
}

class Kept {
  /** @param {Element} root */
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
    const { exported } = await exporting()
    const url = URL.createObjectURL(new Blob([exported()], { type: "application/json" }))
    make("a", { href: url, download: "answers-practice.json" }).click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }

  async import() {
    try {
      const { imported } = await exporting()
      const { exercises, cards, beside } = await imported((await this.file.files?.[0].text()) ?? "")
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
    const { clear } = await exporting()
    clear()
    this.bar.say("All deleted.")
  }
}

const EXPORT = [
  ...["./export.js", "./store.js", "./shelf.js", "./study.js", "./days.js", "./passed.js"],
  ...["./mock_draw.js", "./mock_state.js"],
]
/** @returns {Promise<typeof import("./export.js")>} */
const exporting = () => load(...EXPORT)

// Which cells have the text of an import beside their own; a name is the page of a cell and a hash.
/** @param {string[]} names */
function besides(names) {
  const pages = names.map(name => name.split("/").slice(0, -1).join("/") || "the home page")
  const cells = pages.map(page => `a cell of ${page}`).join(", ")
  return cells && ` As comments below what you changed here, too: ${cells}.`
}
