// What a reader wrote, which hints were taken and what was passed, kept by the browser: one entry
// of localStorage for each exercise, so that tabs do not overwrite each other's. What cannot be
// kept there stays in memory, and `store.notice` says so.
//
// A record: { text, before, hints, passed }. `before` is what the reader wrote and then replaced by
// the stub or by an import; `passed` is the first time, in ISO format.

const PREFIX = "answers.practice."
const DAMAGED = "answers.damaged."
const VERSION = 1
const NAME = /^[a-z_]\w*$/
const isText = value => typeof value == "string"
const VALID = {
  text: isText,
  before: isText,
  hints: value => Number.isInteger(value) && value > 0 && value < 100,
  passed: value => typeof value == "string" && !isNaN(Date.parse(value)),
}
const isObject = value => value != null && typeof value == "object" && !Array.isArray(value)
const said = error => (error?.name == "QuotaExceededError" ? "its storage is full" : "it forbids it")

class Store extends EventTarget {
  #unsaved = "" // why
  #memory = new Map() // what could not be saved
  #damaged = new Map() // what could not be put aside

  constructor() {
    super()
    addEventListener("storage", ({ key }) => (key == null || key.startsWith(PREFIX)) && this.#changed())
    addEventListener("beforeunload", event => this.#memory.size && event.preventDefault())
  }

  get(name) {
    return this.#memory.get(name) ?? this.#read(name)
  }

  // Change these fields of a record; undefined removes one.
  set(name, changes) {
    const record = { ...this.get(name), ...changes }
    try {
      localStorage.setItem(PREFIX + name, JSON.stringify(record))
      this.#memory.delete(name)
    } catch (error) {
      this.#memory.set(name, record)
      this.#unsaved = said(error)
    }
    this.#changed()
  }

  // What the reader must know of what is kept of an exercise.
  notice(name) {
    if (this.#memory.has(name)) return `Not saved by this browser: ${this.#unsaved}. Export what you wrote before you close the tab.`
    const damaged = this.#keys(DAMAGED).includes(name)
    return damaged ? `What was kept of ${name} was damaged. An export still holds it.` : ""
  }

  names() {
    return [...new Set([...this.#keys(PREFIX), ...this.#memory.keys()])].sort()
  }

  // Everything as the text of a file.
  export() {
    const exercises = Object.fromEntries(this.names().map(name => [name, this.get(name)]))
    const kept = this.#keys(DAMAGED).map(name => [name, localStorage.getItem(DAMAGED + name)])
    const damaged = Object.fromEntries([...kept, ...this.#damaged])
    return JSON.stringify({ version: VERSION, exercises, damaged }, null, 1) + "\n"
  }

  // Take over the file that `export` made: all of it, or an error. Returns how many exercises.
  import(file) {
    const records = recordsOf(file)
    for (const [name, theirs] of records) {
      const ours = this.get(name)
      const replaced = ours.text != null && theirs.text != null && ours.text != theirs.text
      this.set(name, {
        ...theirs,
        ...(replaced && { before: ours.text }),
        hints: Math.max(ours.hints ?? 0, theirs.hints ?? 0) || undefined,
        passed: [ours.passed, theirs.passed].filter(Boolean).sort()[0],
      })
    }
    return records.length
  }

  clear() {
    this.#memory.clear()
    this.#damaged.clear()
    for (const prefix of [PREFIX, DAMAGED]) this.#keys(prefix).forEach(name => localStorage.removeItem(prefix + name))
    this.#changed()
  }

  #keys(prefix) {
    try {
      return Object.keys(localStorage).filter(key => key.startsWith(prefix)).map(key => key.slice(prefix.length))
    } catch {
      return []
    }
  }

  #read(name) {
    let kept
    try {
      kept = localStorage.getItem(PREFIX + name)
      if (kept == null) return {}
    } catch {
      return {}
    }
    let record = null
    try {
      record = JSON.parse(kept)
    } catch {}
    const valid = isObject(record) ? Object.entries(record).filter(([key, value]) => VALID[key]?.(value)) : []
    if (isObject(record) && valid.length == Object.keys(record).length) return record
    return this.#repair(name, kept, Object.fromEntries(valid))
  }

  // Go on with what is valid; what was kept stays, under another name.
  #repair(name, kept, record) {
    try {
      localStorage.setItem(DAMAGED + name, kept)
      localStorage.setItem(PREFIX + name, JSON.stringify(record))
    } catch (error) {
      this.#memory.set(name, record)
      this.#unsaved = said(error)
      this.#damaged.set(name, kept)
    }
    return record
  }

  #changed() {
    this.dispatchEvent(new Event("change"))
  }
}

// The records in a file that was exported, as pairs of name and record.
function recordsOf(file) {
  let data
  try {
    data = JSON.parse(file)
  } catch {
    throw new Error("it is not the JSON of an export")
  }
  if (!isObject(data) || !isObject(data.exercises)) throw new Error("it is not an export of these pages")
  if (data.version !== VERSION) throw new Error(`it is an export of version ${data.version}, and this page knows ${VERSION}`)
  for (const [name, record] of Object.entries(data.exercises)) {
    if (!NAME.test(name) || !isObject(record)) throw new Error(`${JSON.stringify(name).slice(0, 40)} is no record of an exercise`)
    for (const [key, value] of Object.entries(record)) {
      if (!VALID[key]?.(value)) throw new Error(`\`${key}\` of ${name} is not valid`)
    }
  }
  return Object.entries(data.exercises)
}

export const store = new Store()
