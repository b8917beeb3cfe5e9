// Whoever asks Python on a page, be it a cell, an exercise or an explorer, asks here: it works for
// one at a time, and the bar of that one says what is loaded, how long it takes and how it ends.

import { HERE, isHere, say } from "./elements.js"
import { judge, python } from "./python.js"

// The bar of whom Python works for, and which Python it is.
/** @type {Bar | null} */
let current = null
let working = python

/** @param {Bar} bar */
export const worksFor = bar => bar == current
export const isBusy = () => current != null

// The reader has gone to another page: what still runs there is no longer wanted.
document$.subscribe(() => current && !current.root.isConnected && working.stop())

// Let `work` ask Python: that of the cells where `cells` is set, else one that no cell has touched.
// Once Python runs, the bar says `options.says` and the time; until then, how much is loaded.
/** @type {Talk} */
export async function talk(bar, again, work, { cells = false } = {}) {
  if (current) {
    if (current != bar) bar.say(`Busy with ${current.about}: stop that, or wait for its end.`)
    return
  }
  current = bar
  working = cells ? python : judge
  const start = performance.now()
  // How much of the time since then was spent on loading, in ms.
  let loading = 0
  const all = () => performance.now() - start
  const running = () => all() - loading
  /** @type {string | undefined} */
  let stage
  let amount = ""
  let host = ""
  let came = 0 // when the first bytes did
  // For each new text the browser lays out the page, while it needs its time for Python.
  const show = () => say(bar.clock, stage ? seconds(running()) : amount)
  const tick = setInterval(show, 100)
  /** @type {Ask} */
  const ask = async (name, args, { says, on, ...options }) => {
    let ran = false
    const asked = performance.now()
    /** @param {Message} message */
    const hear = message => {
      const { state, loaded = 0, total, from } = message
      if (total) {
        came ||= performance.now()
        amount = `${megabytes(loaded)} of ${megabytes(total)} MB${left(total / loaded - 1, performance.now() - came)}`
      } else if (!state) on?.(message)
      if (from) host = ` from ${from}`
      if (state == "running") {
        stage = says
        ran = true
        loading += performance.now() - asked
        isHereNow()
      }
      const begun = isHere() ? "Loading Python…" : `Downloading Python${host}, once for all pages…`
      if ((state || total) && says) bar.say(stage ?? begun)
      if (state) show()
    }
    return { ...(await working.call(name, args, { ...options, on: hear })), ran }
  }
  try {
    bar.changed?.()
    const outcome = await work(ask).catch(senseless)
    const { status, message = "" } = outcome
    const ended = /** @type {Words} */ ({
      stopped: `Stopped after ${seconds(all())}. ${isHere() ? "Python was restarted: variables are gone." : `Press ${again} to go on.`}`,
      raised: `This is our mistake, not yours: ${String(message).trim().split("\n").pop()}`,
      senseless: `What came back makes no sense; the code may have written it. Python was restarted: press ${again} to try again.`,
    })[status]
    if (status == "failed") bar.fail(message, again)
    if (ended) bar.say(ended)
    // What broke our own code, or answered for it, may still be there.
    if (["raised", "senseless"].includes(status)) working.stop()
    const loaded = loading < LITTLE ? "" : ` (loading: ${seconds(loading)})`
    return { ...outcome, took: seconds(running()) + loaded }
  } finally {
    clearInterval(tick)
    bar.clock.textContent = ""
    current = null
    bar.changed?.()
  }
}

// Whoever asked could not read the answer.
/** @param {Error} error @returns {Failed} */
function senseless(error) {
  console.info(error)
  return { status: "senseless" }
}

function isHereNow() {
  try {
    localStorage.setItem(HERE, "loaded")
  } catch {}
}

// The focus of what is hidden goes to `instead`.
/** @type {Show} */
export const show = (element, shown, instead) => {
  if (!shown && document.activeElement == element) instead.focus()
  element.hidden = !shown
}

// How long the rest of what is downloaded will take, this many times what has come.
/** @param {number} rest @param {number} ms */
const left = (rest, ms) => (ms < 2 * LITTLE ? "" : `, about ${Math.ceil((rest * ms) / 1000)} s`)
const LITTLE = 500 // ms
/** @param {number} ms */
const seconds = ms => `${(ms / 1000).toFixed(1)} s`
/** @param {number} bytes */
const megabytes = bytes => (bytes / 1e6).toFixed(1)
