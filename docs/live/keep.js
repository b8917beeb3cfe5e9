// "Keep offline": a service worker, ../offline.js, holds the guide in this browser if the reader asks.
// What is said comes from the browser and from that worker, never from what was said before. Which
// track it holds stands in the worker's address.

import { Bar, counted, fetched, make, radios } from "./elements.js"
import { TRACKS, plan } from "./study.js"

const SCOPE = new URL("../", import.meta.url)
const CACHE = `answers.offline ${SCOPE.href}`
const { serviceWorker } = navigator

/** @param {number} bytes */
const megabytes = bytes => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
const registered = async () => {
  const found = await serviceWorker.getRegistration(SCOPE)
  return found?.scope == SCOPE.href ? found : undefined
}

/** @type {Bar} */
let bar
/** @type {HTMLFormElement} */
let choice // of a track
/** @type {Element} */
let keeping
/** @type {Element} */
let removing
let pressed = false
/** @type {ServiceWorker | null} */
let loading = null // the worker that fetches for the first time

/** @param {Element} root */
export async function mount(root) {
  if (root.children.length) return
  bar = new Bar("the guide", root)
  if (!serviceWorker || !self.caches) {
    return bar.say("This browser keeps no pages here. It does over https, and some only where windows are not private.")
  }
  choice = make("form")
  root.prepend(choice)
  keeping = bar.button("Keep offline", keep)
  removing = bar.button("Remove", remove)
  serviceWorker.onmessage = ({ data }) => hear(data)
  await look().catch(error => fail(error.message))
}

// Say a text and show these buttons. If a button that goes has the focus, one that stays gets it.
/** @param {string} text @param {Element[]} buttons */
function offer(text, ...buttons) {
  const focused = document.activeElement
  bar.say(text)
  for (const button of [keeping, removing]) button.hidden = !buttons.includes(button)
  choice.hidden = !removing.hidden
  if (focused?.hidden) buttons[0]?.focus()
}

async function look() {
  offer("")
  const registration = await registered()
  if (registration) return follow(registration)
  // What a browser may have left of a download that it broke off.
  await caches.delete(CACHE)
  try {
    const { python, tracks, from } = await (await fetched("offline.json")).json()
    const options = Object.entries(TRACKS).map(([track, name]) => {
      const { questions, bytes } = tracks[track]
      return [track, `${name}, ${counted(questions, "question")}, ${megabytes(bytes)}`]
    })
    choice.replaceChildren(radios("Which track?", "kept", options, plan().track))
    offer(`Python and its packages are ${megabytes(python)} more in this browser, from ${from.join(" and ")}.`, keeping)
  } catch {
    offer("This copy of the guide cannot be kept.")
  }
}

async function keep() {
  pressed = true
  const track = new FormData(choice).get("kept")
  offer("Loading…", removing)
  try {
    const { active } = (await registered()) ?? {}
    const script = active?.scriptURL ?? new URL(`offline.js?${track}`, SCOPE)
    follow(await serviceWorker.register(script, { scope: SCOPE.href, updateViaCache: "none" }))
  } catch (error) {
    fail(error.message)
  }
}

/** @param {ServiceWorkerRegistration} registration */
function follow({ active, installing }) {
  // The worker of another track, which was removed, lasts as long as its pages do.
  const isAnother = pressed && installing && installing.scriptURL != active?.scriptURL
  if (active && !isAnother) return active.postMessage(pressed ? "keep" : "state")
  offer("Loading…", removing)
  loading = installing
  if (!installing) return // it has come, and will tell
  installing.onstatechange = () => {
    if (installing.state == "redundant" && installing == loading) fail("the browser broke it off")
    if (installing.state == "installed" && active) installing.postMessage("begin")
  }
}

/** @param {string} reason */
function fail(reason) {
  pressed = false
  loading = null
  offer(`It could not be kept, and nothing was: ${reason}.`, keeping)
}

/** @param {Held} told */
async function hear({ got = 0, total = 0, failed, track, held, missing, pages, bytes = 0 }) {
  const { active, installing, waiting } = (await registered()) ?? {}
  if (held) {
    pressed = false
    if (missing) return offer(`Missing: ${missing} of ${held} files. Keep offline loads them.`, keeping, removing)
    const which = track && track != "all" ? `the ${TRACKS[track]} track, ` : ""
    const kept = `Kept: ${which}${pages} pages and Python, ${megabytes(bytes)}. It works without a connection.`
    offer(installing || waiting ? `${kept} A newer version has been found.` : kept, removing)
  } else if (active && !pressed) {
    // A newer version is being loaded: nothing is said of it until it is there.
  } else if (failed) {
    if (active) offer(`The rest could not be loaded: ${failed}.`, keeping, removing)
    else fail(failed)
  } else {
    offer(`Loading: ${megabytes(got)} of ${megabytes(total)}.`, removing)
  }
}

async function remove() {
  const registration = await registered()
  pressed = false
  loading = null
  registration?.installing?.postMessage("stop")
  await registration?.unregister()
  await caches.delete(CACHE)
  await look()
}
