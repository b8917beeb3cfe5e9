// The service worker of "Keep offline", which keep.js registers when the reader asks. It holds what
// HELD names, compares it with its hash before it is kept and before it is used, and answers with it;
// all else, and what is not as it was built, comes from the network. What it is told, and tells the
// pages, stands in tests/javascript/offline.d.ts.
//
// As a build changes HELD, browsers find another worker, which fetches what has changed while the
// old one answers. Files are kept under their hashes, so that each finds its own.

const HELD = {} // path or address: [SHA-256, size, and its tracks if not all]; answers/site/offline.py writes it

const scope = new URL("./", location.href).href
const track = location.search.slice(1) || "all" // offline.js?LLM
const CACHE = `answers.offline ${scope}`
const LANES = 6 // files that are fetched at once
const PAUSE = 200 // ms between two words on how far it is
const PAUSES = 10 // in which a page that is left has to go
const SLOW = 5000 // ms in which another worker has to take over
const TURNS = 2 // in which it may be late
const PATIENCE = 30 // seconds, in which something has to come

/** @type {Map<string, KeptFile>} */
const files = new Map()
const left = new Set() // what other tracks need
for (const [place, [sha256, size, ...tracks]] of Object.entries(HELD)) {
  const url = new URL(place, scope).href
  if (track == "all" || !tracks.length || tracks.includes(track)) files.set(url, { place, sha256, size })
  else left.add(url)
}
/** @param {KeptFile} file */
const key = ({ sha256 }) => `${scope}?${sha256}`

/** @param {Held} message */
async function tell(message) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true })
  for (const page of pages) if (page.url.startsWith(scope)) page.postMessage(message)
}

/** @param {BufferSource} bytes */
async function digest(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  return Array.from(sum, byte => byte.toString(16).padStart(2, "0")).join("")
}

// Keep

const absent = async () => {
  const there = new Set((await (await caches.open(CACHE)).keys()).map(({ url }) => url))
  return [...files].filter(([, file]) => !there.has(key(file)))
}

async function state() {
  const missing = (await absent()).length
  const pages = [...files.keys()].filter(url => url.endsWith(".html")).length
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0)
  return { track, held: files.size, missing, pages, bytes }
}

const STOPPED = new Error("it was stopped")
/** @type {AbortController | undefined} */
let filling

// All that is missing, or nothing.
async function fill() {
  const cache = await caches.open(CACHE)
  const missing = await absent()
  const total = missing.reduce((sum, [, { size }]) => sum + size, 0)
  /** @type {string[]} */
  const added = []
  let got = 0
  let told = 0
  let timer = 0
  const own = (filling = new AbortController())
  const { signal } = own
  const giveUp = (/** @type {Error} */ reason) => own.abort(reason)
  const come = (/** @type {number} */ bytes) => {
    clearTimeout(timer)
    timer = setTimeout(giveUp, PATIENCE * 1000, new Error(`nothing came for ${PATIENCE} s`))
    got += bytes
    if (performance.now() - told < PAUSE) return
    told = performance.now()
    tell({ got, total })
  }
  const lane = async () => {
    for (let next; !signal.aborted && (next = missing.pop());) {
      const [url, file] = next
      try {
        const response = await fetchChecked(url, file, signal, come)
        added.push(key(file))
        await cache.put(key(file), response)
      } catch (error) {
        const full = error.name == "QuotaExceededError"
        giveUp(new Error(full ? "this browser has no room for it" : `${file.place}: ${error.message}`))
      }
    }
  }
  come(0)
  await Promise.all(Array.from({ length: LANES }, lane))
  clearTimeout(timer)
  if (!signal.aborted) return
  if (registration.active) await Promise.all(added.map(each => cache.delete(each)))
  else await caches.delete(CACHE)
  if (signal.reason != STOPPED) await tell({ failed: signal.reason.message })
  throw signal.reason
}

// What the browser has of it may be of an older build: then it is asked for past its cache.
/** @type {FetchChecked} */
async function fetchChecked(url, { sha256 }, signal, come) {
  for (const cache of /** @type {const} */ (["default", "reload"])) {
    const response = await fetch(url, { cache, signal })
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`)
    const parts = []
    const reader = response.body.getReader()
    for (let part; !(part = await reader.read()).done; come(part.value.length)) parts.push(part.value)
    const blob = new Blob(parts)
    if ((await digest(await blob.arrayBuffer())) == sha256) {
      return new Response(blob, { headers: { "Content-Type": response.headers.get("Content-Type") ?? "" } })
    }
    come(-blob.size)
  }
  throw new Error("it is not the file that was built")
}

// What no version holds any more. A build that holds nothing, as of `mkdocs serve`, ends it all.
async function begin() {
  if (!files.size) {
    await caches.delete(CACHE)
    return registration.unregister()
  }
  const cache = await caches.open(CACHE)
  const keys = new Set([...files.values()].map(key))
  await Promise.all((await cache.keys()).filter(({ url }) => !keys.has(url)).map(each => cache.delete(each)))
  await clients.claim()
  await tell(await state())
}

self.oninstall = event => event.waitUntil(files.size ? fill() : skipWaiting())
self.onactivate = event => event.waitUntil(begin())
self.onmessage = message => {
  const event = /** @type {Asking} */ (message)
  /** @type {Record<Wish, Act>} */
  const told = {
    keep: async () =>
      fill()
        .then(state)
        .then(tell, () => {}),
    state: async () => event.source.postMessage(await state()),
    stop: () => filling?.abort(STOPPED),
    alone: () => isAlone(event.source),
    begin: () => skipWaiting(),
  }
  event.waitUntil(told[event.data]?.())
}

// Answer

self.onfetch = event => {
  const { method, mode, url } = event.request
  const place = url.replace(/[?#].*/, "").replace(/\/$/, "/index.html")
  if (method != "GET") return
  const file = files.get(place)
  if (file) event.respondWith(mode == "navigate" ? load(event, file) : answer(event.request, file))
  else if (left.has(place)) event.respondWith(fetch(event.request).catch(notKept))
}

// What another track needs, without a connection.
function notKept() {
  const why = "not kept offline: it is of another track"
  const page = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Not kept</title>
<h1>This page is not kept</h1><p>This browser keeps the track ${track} offline, and the page is of another. With a connection
it comes. <a href="${scope}practice/#keep-it-offline">What is kept</a> can be changed.</p></html>`
  return new Response(page, { status: 503, statusText: why, headers: { "Content-Type": "text/html" } })
}

/** @param {Request} request @param {KeptFile} file */
async function answer(request, file) {
  const kept = await caches.match(key(file), { cacheName: CACHE })
  if (kept) {
    const bytes = await kept.arrayBuffer()
    if ((await digest(bytes)) == file.sha256) return new Response(bytes, kept)
    await (await caches.open(CACHE)).delete(key(file))
  }
  return fetch(request)
}

// Another version that has come whole takes over when a page is opened and no other is open, so that
// none is of two versions. A page that is left still counts, and cannot be told from another tab: an
// empty page comes between, which asks until that one is gone, and loads itself again when the other
// worker has begun. It loads nothing before: Chromium loses a page that is asked for while one worker
// stops for another.
const BETWEEN = `<!doctype html><title>A newer version</title><script>
const pages = navigator.serviceWorker
const ask = () => pages.controller.postMessage("alone")
const again = () => location.reload()
let asked = 0
pages.oncontrollerchange = again
pages.onmessage = ({ data: { alone } }) => {
  if (alone) setTimeout(again, ${SLOW})
  if (alone == false) asked++ < ${PAUSES} ? setTimeout(ask, ${PAUSE}) : again()
}
ask()
</script>`
let turns = 0

/** @param {FetchEvent} event @param {KeptFile} file */
async function load(event, file) {
  const pages = registration.waiting ? await clients.matchAll({ type: "window" }) : []
  if (!registration.waiting || pages.length > 1 || turns > TURNS) {
    turns = 0
    return answer(event.request, file)
  }
  turns += 1
  return new Response(BETWEEN, { headers: { "Content-Type": "text/html" } })
}

/** @param {Client} page */
async function isAlone(page) {
  const pages = await clients.matchAll({ type: "window" })
  const alone = pages.every(({ id }) => id == page.id)
  page.postMessage({ alone })
  if (alone) registration.waiting?.postMessage("begin")
}
