// How cells, exercises and explorers make and change the elements of a page, and load the rest.

/** @type {Make} */
export const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}
/** @param {Element} element @param {string} text */
export const say = (element, text) => {
  if (element.textContent != text) element.textContent = text
}
// A choice of one.
/** @type {Radios} */
export const radios = (legend, name, options, chosen) => {
  const labels = options.map(([value, text]) => {
    const input = make("input", { type: "radio", name, value, checked: value == chosen })
    return make("label", {}, input, ` ${text}`)
  })
  return make("fieldset", { className: "radios" }, make("legend", { textContent: legend }), ...labels)
}
/** @param {number} count @param {string} thing */
export const counted = (count, thing) => `${count} ${thing}${count == 1 ? "" : "s"}`

export const PATIENCE = 30 // seconds, in which something has to come

// In the worker, `fetch` becomes another.
const real = self.fetch.bind(self)

// The bytes that a server sends, as long as it sends some.
/** @type {Receive} */
export async function receive(url, { cache, patience = PATIENCE, on = () => {} } = {}) {
  const giveUp = new AbortController()
  const parts = []
  let timer = 0
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(() => giveUp.abort(new Error(`nothing came for ${patience} s`)), patience * 1000)
  }
  try {
    wait()
    const response = await real(url, { cache, signal: giveUp.signal })
    const { ok, body, status, statusText } = response
    // The second is said by ../offline.js.
    if (!ok || !body) throw new Error(statusText.startsWith("not kept") ? statusText : `the server answered ${status}`)
    const reader = body.getReader()
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
/** @param {string} name @param {Receiving} [options] */
export const fetched = async (name, options) => {
  try {
    return new Response(await receive(new URL(name, import.meta.url), options))
  } catch (error) {
    throw new Error(`for ${name}, ${error.message}`)
  }
}
// A module, and those that it imports. They are fetched first, for a browser does not ask again
// for a module that has once failed to come.
/** @param {...string} names */
export const load = async (...names) => {
  await Promise.all(names.map(name => fetched(name)))
  return import(names[0])
}
export const PYTHON = ["./talk.js", "./python.js"]
// What Python and the packages of `answers` are, as config.json says, which comes with the press.
export const MB = 11
export const DRAWING = "./drawing.js"
export const KATEX = "../vendor/katex/katex.min.js"
export const EDITOR = ["./editor.js", "./folds.js", "./keys.js", "../vendor/codemirror/codemirror.js"]

// Whether Python need not be downloaded any more. It is set when it has run in this browser.
export const HERE = "answers.python"

export function isHere() {
  // Or the reader keeps it, with the pages: ../offline.js.
  if (navigator.serviceWorker?.controller) return true
  try {
    return localStorage.getItem(HERE) != null
  } catch {
    return false
  }
}

// A button; `bar` says why it could not do what it does. That may have to be loaded first, and the
// button may be pressed again if it fails.
/** @type {Pressable} */
export function pressable(className, act, bar) {
  const button = make("button", { type: "button", className })
  let pressed = false
  button.onclick = async () => {
    if (pressed) return
    pressed = true
    const name = button.firstChild?.textContent ?? ""
    try {
      await act()
    } catch (error) {
      bar.fail(`It could not be loaded: ${error.message}.`, name)
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
  /** @type {Act | undefined} */
  changed
  /** @type {HTMLElement | undefined} */
  reload

  /** @param {string} about @param {Element} [root] */
  constructor(about, root = make("div", { className: "live-bar" })) {
    this.about = about
    this.root = root
    root.append(this.said)
  }

  /** @param {string} name @param {Act} act */
  button(name, act) {
    const button = pressable("live-button", act, this)
    this.rename(button, name)
    this.said.before(button)
    return button
  }

  /** @param {Element} button @param {string} name */
  rename(button, name) {
    say(button, name)
    button.ariaLabel = `${name}: ${this.about}`
  }

  /** @param {string} text */
  say(text) {
    say(this.status, text)
    this.reload?.remove()
  }

  // Say what did not come.
  /** @param {string} text @param {string} again */
  fail(text, again) {
    this.say(`${text} Press ${again} to try again, or Reload.`)
    this.reload = this.button("Reload", () => import("../reload.js"))
  }
}
