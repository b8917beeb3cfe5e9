// Parts of rehearsal and review: large buttons, the time to say an answer, what was put away.

import { make, pressable } from "./elements.js"
import { suspend } from "./study.js"

// A button for a finger.
/** @type {Pressable} */
export function bigButton(text, act, bar) {
  const button = pressable("recall-button", act, bar)
  button.textContent = text
  return button
}

// What stands on a page whose cards have not come.
/** @type {Unloaded} */
export function unloaded(root, error) {
  const onclick = () => import("../reload.js")
  const again = make("button", { type: "button", className: "recall-button", textContent: "Reload", onclick })
  root.replaceChildren(make("p", { role: "status", textContent: `The cards could not be loaded: ${error.message}. ` }), again)
  reportError(error)
}

// Count the seconds down in a bar; returns the timer, to be cleared.
/** @param {number} seconds @param {Bar} bar */
export function countdown(seconds, bar) {
  const end = Date.now() + seconds * 1000
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000)
    bar.clock.textContent = left > 0 ? `${left} s left` : ""
    if (left > 0) return
    clearInterval(timer)
    bar.say("That was the time: reveal, and compare.")
  }
  const timer = setInterval(tick, 200)
  bar.clock.textContent = `${seconds} s left`
  return timer
}

// What was put away among these cards; each can be taken out again.
/** @type {PutAway} */
export function putAway({ bar, front }, all) {
  const items = all.map(([id, text]) => {
    const item = make("li", {}, text, " ")
    const resume = () => {
      suspend(id, false)
      item.remove()
      bar.say("It will be asked again.")
      front.focus()
    }
    const button = bigButton("Resume", resume, bar)
    button.ariaLabel = `Resume: ${text}`
    item.append(button)
    return item
  })
  return items.length ? [make("h2", { textContent: "Suspended" }), make("ul", {}, ...items)] : []
}
