// What a reader did, kept by the browser: one entry of localStorage for each thing, so that tabs do
// not overwrite each other's. What cannot be kept there stays in memory, and `notice` says so.

const OURS = "answers."
const DAMAGED = "answers.damaged."
// Entries may come to say in `version` that only newer pages can read them.
export const VERSION = 3

/** @type {Is<string>} */
export const isText = value => typeof value == "string"
/** @param {unknown} value */
export const isTime = value => isText(value) && !isNaN(Date.parse(value))
/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = value => value != null && typeof value == "object" && !Array.isArray(value)
/** @param {unknown} value */
const isNewer = value => isObject(value) && typeof value.version == "number" && value.version > VERSION

// What of a record is valid, by these tests of its fields.
/** @type {Fields} */
export const fields = /** @type {AnyFields} */ (
  tests => value => {
    if (!isObject(value)) return [{}, "it"]
    /** @param {[string, unknown]} entry */
    const isValid = ([key, each]) => Object.hasOwn(tests, key) && tests[key](each)
    const entries = Object.entries(value)
    return [Object.fromEntries(entries.filter(isValid)), entries.find(entry => !isValid(entry))?.[0]]
  }
)

/** @param {Error} error */
const said = error => (error?.name == "QuotaExceededError" ? "its storage is full" : "it forbids it")

/** @template Kept */
export class Shelf extends EventTarget {
  #unsaved = "" // why
  /** @type {Map<string, Kept>} */
  #memory = new Map() // what could not be saved
  /** @type {Map<string, string>} */
  #damaged = new Map() // what could not be put aside

  /** @param {Shelved<Kept>} shelf */
  constructor({ prefix, name, valid, aside = "" }) {
    super()
    Object.assign(this, { prefix, name, valid, aside, nothing: valid(null)[0] })
    addEventListener("storage", ({ key }) => (key == null || key.startsWith(prefix)) && this.changed())
    addEventListener("beforeunload", event => this.#memory.size && event.preventDefault())
  }

  get names() {
    return [...new Set([...this.#keys(this.prefix), ...this.#memory.keys()])].sort()
  }

  /** @param {string} name */
  get(name) {
    return this.#memory.get(name) ?? this.#read(name)
  }

  all() {
    return Object.fromEntries(this.names.map(name => [name, this.get(name)]))
  }

  // Change these fields of a record; undefined removes one.
  /** @param {string} name @param {Partial<Kept>} changes */
  set(name, changes) {
    this.put(name, { ...this.get(name), ...changes })
  }

  /** @param {string} name @param {Kept} value */
  put(name, value) {
    try {
      const { key, kept } = this.#at(name)
      if (isNewer(kept)) throw new Error("newer")
      const text = JSON.stringify(value)
      if (text == JSON.stringify(this.nothing)) localStorage.removeItem(key)
      else localStorage.setItem(key, text)
      this.#memory.delete(name)
    } catch (error) {
      this.#memory.set(name, value)
      this.#unsaved = error.message == "newer" ? "what it holds is of a newer version of these pages" : said(error)
    }
    this.changed()
  }

  // What the reader must know of what is kept of `name`, or of anything on this shelf.
  /** @param {string} [name] */
  notice(name) {
    const names = name == null ? this.names : [name]
    /** @param {string[]} all */
    const some = all => all.find(each => name == null || each == name)
    if (some([...this.#memory.keys()])) {
      return `Not saved by this browser: ${this.#unsaved}. Export what you wrote before you close the tab.`
    }
    const newer = names.find(each => isNewer(this.#at(each).kept))
    if (newer) return `What is kept of ${newer} is of a newer version of these pages, and stays as it is. Reload the page.`
    const damaged = some(this.#keys(DAMAGED + this.aside))
    return damaged ? `What was kept of ${damaged} was damaged. An export still holds it.` : ""
  }

  // What is kept but cannot be read, as texts.
  unreadable() {
    const aside = this.#keys(DAMAGED + this.aside).map(name => [name, localStorage.getItem(DAMAGED + this.aside + name)])
    const newer = this.names.filter(name => isNewer(this.#at(name).kept))
    const texts = newer.map(name => [name, localStorage.getItem(this.prefix + name)])
    return [...texts, ...aside, ...this.#damaged].map(([name, text]) => [this.aside + name, text])
  }

  clear() {
    this.#memory.clear()
    this.#damaged.clear()
    for (const prefix of [this.prefix, DAMAGED + this.aside]) {
      this.#keys(prefix).forEach(name => localStorage.removeItem(prefix + name))
    }
    this.changed()
  }

  changed() {
    this.dispatchEvent(new Event("change"))
  }

  /** @param {string} prefix @returns {string[]} */
  #keys(prefix) {
    try {
      const names = Object.keys(localStorage)
        .filter(key => key.startsWith(prefix))
        .map(key => key.slice(prefix.length))
      return names.filter(name => this.name.test(name))
    } catch {
      return []
    }
  }

  // The text that is kept under a name, and what it holds.
  /** @param {string} name */
  #at(name) {
    const key = this.prefix + name
    let text = null
    let kept
    try {
      text = localStorage.getItem(key)
      kept = JSON.parse(text)
    } catch {}
    return { key, text, kept }
  }

  /** @param {string} name */
  #read(name) {
    const { text, kept } = this.#at(name)
    if (text == null || isNewer(kept)) return this.nothing
    const [part, wrong] = this.valid(kept)
    return wrong == null ? part : this.#repair(name, text, part)
  }

  // Go on with what is valid; what was kept stays, under another name.
  /** @param {string} name @param {string} text @param {Kept} part */
  #repair(name, text, part) {
    try {
      localStorage.setItem(DAMAGED + this.aside + name, text)
      localStorage.setItem(this.prefix + name, JSON.stringify(part))
    } catch (error) {
      this.#memory.set(name, part)
      this.#unsaved = said(error)
      this.#damaged.set(name, text)
    }
    return part
  }
}
