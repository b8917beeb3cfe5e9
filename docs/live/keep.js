// "Keep offline": a service worker, ../offline.js, holds the guide in this browser if the reader asks.
// What is said comes from the browser and from that worker, never from what was said before.

import { Bar, fetched } from "./elements.js"

const SCOPE = new URL("../", import.meta.url)
const SCRIPT = new URL("offline.js", SCOPE)
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
  if (focused?.hidden) buttons[0]?.focus()
}

async function look() {
  offer("")
  const registration = await registered()
  if (registration) return follow(registration)
  // What a browser may have left of a download that it broke off.
  await caches.delete(CACHE)
  try {
    const { pages, bytes, from } = await (await fetched("offline.json")).json()
    offer(`${pages} pages, Python and its packages: ${megabytes(bytes)} in this browser, from ${from.join(" and ")}.`, keeping)
  } catch {
    offer("This copy of the guide cannot be kept.")
  }
}

async function keep() {
  pressed = true
  offer("Loading…", removing)
  try {
    follow(await serviceWorker.register(SCRIPT, { scope: SCOPE.href, updateViaCache: "none" }))
  } catch (error) {
    fail(error.message)
  }
}

/** @param {ServiceWorkerRegistration} registration */
function follow({ active, installing }) {
  if (active) return active.postMessage(pressed ? "keep" : "state")
  offer("Loading…", removing)
  loading = installing
  if (!installing) return // it has come, and will tell
  installing.onstatechange = () => {
    if (installing.state == "redundant" && installing == loading) fail("the browser broke it off")
  }
}

/** @param {string} reason */
function fail(reason) {
  pressed = false
  loading = null
  offer(`It could not be kept, and nothing was: ${reason}.`, keeping)
}

/** @param {Held} told */
async function hear({ got = 0, total = 0, failed, held, missing, pages, bytes = 0 }) {
  const { active, installing, waiting } = (await registered()) ?? {}
  if (held) {
    pressed = false
    if (missing) return offer(`Missing: ${missing} of ${held} files. Keep offline loads them.`, keeping, removing)
    const kept = `Kept: ${pages} pages and Python, ${megabytes(bytes)}. It works without a connection.`
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
