// How cells, exercises and explorers make and change the elements of a page, and load the rest.

export const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}
export const say = (element, text) => {
  if (element.textContent != text) element.textContent = text
}
// The focus of what is hidden goes to `instead`.
export const show = (element, shown, instead) => {
  if (!shown && document.activeElement == element) instead.focus()
  element.hidden = !shown
}

export const PATIENCE = 30 // seconds, in which something has to come

// In the worker, `fetch` becomes another.
const real = self.fetch.bind(self)

// The bytes that a server sends, as long as it sends some; `on` is told how many have come.
export async function receive(url, { cache, patience = PATIENCE, on = () => {} } = {}) {
  const giveUp = new AbortController()
  const parts = []
  let timer
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(() => giveUp.abort(new Error(`nothing came for ${patience} s`)), patience * 1000)
  }
  try {
    wait()
    const response = await real(url, { cache, signal: giveUp.signal })
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    const reader = response.body.getReader()
    for (let part; !(part = await reader.read()).done; wait()) {
      parts.push(part.value)
      on(part.value.length)
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer())
  } finally {
    clearTimeout(timer)
  }
}

// A file of this folder.
export const fetched = async (name, options) => {
  try {
    return new Response(await receive(new URL(name, import.meta.url), options))
  } catch (error) {
    throw new Error(`for ${name}, ${error.message}`)
  }
}
// A module, and those that it imports. They are fetched first, for a browser does not ask again
// for a module that has once failed to come.
export const load = async (...names) => {
  await Promise.all(names.map(name => fetched(name)))
  return import(names[0])
}
export const PYTHON = ["./talk.js", "./python.js", "./download.js", "./packages.js"]
export const DRAWING = "./drawing.js"
export const KATEX = "../vendor/katex/katex.min.js"
export const EDITOR = ["./editor.js", "./folds.js", "./keys.js", "../vendor/codemirror/codemirror.js"]

// Whether Python need not be downloaded any more. It is set when it has run in this browser.
const HERE = "answers.python"

export function isHere() {
  // Or the reader keeps it, with the pages: ../offline.js.
  if (navigator.serviceWorker?.controller) return true
  try {
    return localStorage.getItem(HERE) != null
  } catch {
    return false
  }
}

export function isHereNow() {
  try {
    localStorage.setItem(HERE, "loaded")
  } catch {}
}

// A button; `bar` says why it could not do what it does. That may have to be loaded first, and the
// button may be pressed again if it fails.
export function pressable(className, act, bar) {
  const button = make("button", { type: "button", className })
  let pressed = false
  button.onclick = async () => {
    if (pressed) return
    pressed = true
    const name = button.firstChild.textContent
    try {
      await act()
    } catch (error) {
      bar.say(`It could not be loaded: ${error.message}. Press ${name} to try again.`)
      reportError(error)
    }
    pressed = false
  }
  return button
}

// Buttons, and what is said beside them: in words, which are read aloud, and by a clock.
export class Bar {
  status = make("span", { role: "status" })
  clock = make("span", { ariaHidden: "true" })
  said = make("span", { className: "live-status" }, this.status, " ", this.clock)

  constructor(about, root = make("div", { className: "live-bar" })) {
    Object.assign(this, { about, root })
    root.append(this.said)
  }

  button(name, act) {
    const button = pressable("live-button", act, this)
    this.rename(button, name)
    this.said.before(button)
    return button
  }

  rename(button, name) {
    say(button, name)
    button.ariaLabel = `${name}: ${this.about}`
  }

  say(text) {
    say(this.status, text)
  }
}
