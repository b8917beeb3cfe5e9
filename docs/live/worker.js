// The worker in which Python runs. It loads Pyodide, runs nothing that it has not checked, and
// calls Python functions. What config.json names is as it was pinned; that and our own files are as
// hashes.json has it, which is made with the site. `python.js` speaks with it: see `ToWorker` and
// `FromWorker` in tests/javascript/python.d.ts.

import { receive } from "./elements.js"
import { dataOf, filesOf, foreseen, sent } from "./packages.js"

const LIMIT = 50_000 // characters that one call may print
const LINE = 50 // a new line counts as so many
const BURST = 200 // messages that go out at once; then one for all that was printed in PAUSE
const PAUSE = 50 // ms
/** @type {Words} */
const TYPES = { wasm: "application/wasm", json: "application/json" }

class Unloadable extends Error {}

let config = /** @type {Config} */ ({})
let ready = Promise.resolve()
/** @type {RequestCache} */
let cache = "default"
/** @type {Pyodide} */
let py
let site = ""
/** @type {Session} */
let live
const stored = new URL("checked/", import.meta.url).href // where Pyodide looks for its files: nowhere

// What is loaded

/** @type {Map<string, Promise<Bytes>>} */
const downloads = new Map()
let loaded = 0
let total = 0
let told = 0

// The bytes of a file that config.json names; once asked for, the same ones for ever.
/** @param {string} name */
function bytes(name) {
  const data = downloads.get(name) ?? download(name, config.files[name])
  downloads.set(name, data)
  return data
}

/** @param {string} name @param {Pin} pin */
async function download(name, { from, size, sha256 }) {
  const place = new URL(config[from], import.meta.url)
  const share = sent(config, name) / size
  count(name)
  const data = await get(name, place, cache, received => progress(received * share))
  return checked(name, place, data, sha256)
}

// Count a file that is, or will be, downloaded; each once.
const counted = new Set()
/** @param {string} name */
function count(name) {
  if (!counted.has(name)) total += sent(config, name)
  counted.add(name)
}

// The text of a file of this site, as it was built with the others.
/** @param {string} name */
async function own(name) {
  const [data, hashes] = await Promise.all([ours(name), known()])
  return decoded(await checked(name, PLACE, data, hashes[name]))
}

const PLACE = new URL(import.meta.url)
/** @param {string} name */
const ours = name => get(name, PLACE, cache == "reload" ? cache : "no-cache")

// The hashes of these files, by name.
/** @type {Hashes | undefined} */
let hashes
const known = () => (hashes ??= ours("hashes.json").then(data => JSON.parse(decoded(data))))

/** @param {Uint8Array} data */
const decoded = data => new TextDecoder().decode(data)

/** @type {Get} */
async function get(name, place, cache, on) {
  try {
    return await receive(new URL(name, place), { cache, on, patience: config.patience })
  } catch (error) {
    throw new Unloadable(`${name} could not be loaded from ${place.host}: ${error.message}.`)
  }
}

/** @type {Checked} */
async function checked(name, place, data, sha256) {
  if ((await digest(data)) == sha256) return data
  throw new Unloadable(`${name} from ${place.host} is not the file that was tested, so it was refused.`)
}

/** @param {Bytes} data */
async function digest(data) {
  if (!crypto.subtle) throw new Unloadable("What is loaded can be checked over https only.")
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", data))
  return Array.from(sum, byte => byte.toString(16).padStart(2, "0")).join("")
}

/** @param {number} received */
function progress(received) {
  loaded += received
  if (performance.now() - told < PAUSE && loaded < total) return
  told = performance.now()
  postMessage({ loaded, total, from: new URL(config.pyodide, import.meta.url).host })
}

// Pyodide asks for its files by `fetch`, and gets those that were checked.
const real = self.fetch.bind(self)
self.fetch = async (resource, options) => {
  const url = String(/** @type {Request} */ (resource)?.url ?? resource)
  if (!url.startsWith(stored)) return real(resource, options)
  const name = url.slice(stored.length)
  const body = name == "pyodide-lock.json" ? JSON.stringify(config.lock) : await bytes(name)
  return new Response(body, { headers: { "Content-Type": TYPES[name.split(".").pop() ?? ""] ?? "" } })
}

// The page keeps what was compiled, and what the engine has made of it since: the next worker, which
// compiles the same bytes, then starts in half the time.
const engine = /** @type {Engine} */ (/** @type {unknown} */ (WebAssembly))
for (const name of ["instantiate", "instantiateStreaming"]) {
  const compile = engine[name]
  engine[name] = async (...given) => {
    const made = await compile.apply(WebAssembly, given)
    if (made.module) postMessage({ compiled: made.module })
    return made
  }
}

/** @param {string} name */
async function importChecked(name) {
  const code = new Blob([await bytes(name)], { type: "text/javascript" })
  return import(URL.createObjectURL(code))
}

// Pyodide waits for ever for a file that does not come; here the first failure ends the wait.
/** @param {string} code */
async function start(code) {
  config = JSON.parse(await own("config.json"))
  core = Promise.all(config.core.map(bytes))
  foresee(code)
  const pyodide = Promise.all(["pyodide.mjs", "pyodide.asm.js"].map(importChecked))
  const python = pyodide.then(([{ loadPyodide }]) => loadPyodide({ indexURL: stored }))
  let session
  let needs
  ;[py, session, needs] = await Promise.all([python, own("worker.py"), own("needs.py"), core])
  site = py.runPython("import sysconfig; sysconfig.get_path('purelib')")
  py.FS.writeFile(`${site}/live_worker.py`, session)
  py.FS.writeFile(`${site}/live_needs.py`, needs)
  py.registerJsModule("live_page", { write, latex: (/** @type {string} */ tex) => formulas.objects.push(tex) })
  live = py.pyimport("live_worker")
}

// Download what the code will probably ask for while Python starts, which waits for `core` alone.
// Our own modules are small and come beside it: Python's start lets nothing arrive.
/** @type {Promise<unknown>} */
let core
/** @param {string} code */
function foresee(code) {
  const names = foreseen(config, code)
  names.forEach(count)
  core.then(
    () => names.forEach(name => bytes(name).catch(() => {})),
    () => {},
  )
  sources(code).then(
    files => files.forEach(file => modulesIn(file).catch(() => {})),
    () => {},
  )
}

// The files that hold the modules of `answers` that the code may import: all but derivations and
// exercises, and those that it names; each exercise, if it may ask for any.
/** @param {string} code */
async function sources(code) {
  if (!code.includes("answers")) return []
  const any = /\bcatalog\b|\bexercises import\b/.test(code)
  const named = Array.from(code.matchAll(/\bexercises\.(\w+)/g), ([, name]) => `exercises/${name}.json`)
  const files = Object.keys(await known()).filter(file => file.startsWith("exercises/"))
  const formulas = code.includes("derivations") ? ["derivations.json"] : []
  return ["answers.json", ...formulas, ...files.filter(file => any || named.includes(file))]
}

/** @type {Map<string, Promise<Modules>>} */
const modules = new Map()
/** @param {string} file */
function modulesIn(file) {
  const found =
    modules.get(file) ??
    own(file)
      .then(JSON.parse)
      .then(content => content.modules ?? content)
  modules.set(file, found)
  return found
}

// The modules, written from here: Python would take half a second for it.
const added = new Set()
/** @param {string} file @param {Modules} content */
function add(file, content) {
  if (added.has(file)) return
  added.add(file)
  /** @type {Record<string, string[]>} */
  const packages = {}
  for (const [path, { text, packages: needed }] of Object.entries(content)) {
    put(path, text)
    packages[path] = needed
  }
  live.add_answers(JSON.stringify(packages))
}

/** @param {string} path @param {string | Bytes} content */
function put(path, content) {
  py.FS.mkdirTree(`${site}/${path}`.replace(/\/[^/]*$/, ""))
  py.FS.writeFile(`${site}/${path}`, content)
}

/** @param {string} code */
async function install(code) {
  await Promise.all((await sources(code)).map(async file => add(file, await modulesIn(file))))
  await Promise.all(dataOf(config, code).map(async ({ file, path }) => put(path, await bytes(file))))
  const names = JSON.parse(live.packages(code, JSON.stringify(Object.keys(config.lock.packages))))
  if (!names.length) return
  await Promise.all(filesOf(config, names).map(bytes))
  await py.loadPackage(names, { messageCallback() {}, checkIntegrity: false })
  live.adapt(JSON.stringify(names))
}

// All that the first call would wait for.
/** @param {string} code */
async function warm(code) {
  await install(code)
  live.warm(code)
}

// What is printed: at once while it is little, so that nothing waits behind an endless loop

let current = 0
let printed = 0
/** @type {Printed | null} */
let pending = null
let burst = 0
let last = 0
/** @type {Formulas} */
let formulas

/** @param {string} stream @param {string} text */
function write(stream, text) {
  if (stream == "stdout" && formulas.math) {
    text = formulas.text += text
    formulas.math = text.includes("\\") && text.length < LIMIT
    if (formulas.math) return
  }
  if (printed > LIMIT) return
  const room = LIMIT - printed
  printed += text.length + LINE * (text.split("\n", LIMIT / LINE).length - 1)
  if (printed > LIMIT)
    text = `${text
      .slice(0, room)
      .split("\n", room / LINE)
      .join("\n")}\n[Too much output: the rest is not shown.]\n`
  if (pending && pending.stream != stream) flush()
  pending ??= { id: current, stream, text: "" }
  pending.text += text
  const now = performance.now()
  burst = Math.min(BURST, burst + (now - last) / PAUSE)
  last = now
  if (burst >= 1 || printed > LIMIT) flush()
}

function flush() {
  if (pending) postMessage(pending)
  pending = null
  burst -= 1
}

// Formulas come last. The page typesets them, since HTML of a worker would be that of any cell.
function tellFormulas() {
  const { math, text, objects } = formulas
  formulas = { math: false, text: "", objects: [] }
  for (const tex of math && text.trim() ? [text, ...objects] : objects) postMessage({ id: current, tex })
}

// Calls

/** @param {Order} order */
async function call({ id, name, args, code, math }) {
  current = id
  formulas = { math, text: "", objects: [] }
  printed = 0
  burst = BURST
  last = performance.now()
  await install(`import ${name.slice(0, name.lastIndexOf("."))}\n${code}`)
  postMessage({ id, state: "running" })
  let outcome
  try {
    outcome = { status: "done", result: JSON.parse(live.call(name, JSON.stringify(args))) }
  } catch (error) {
    if (error.constructor.name != "PythonError") throw error
    outcome = { status: "raised", message: error.message }
  }
  flush()
  tellFormulas()
  postMessage({ id, ...outcome })
}

/** @param {MessageEvent<ToWorker>} event */
self.onmessage = async ({ data }) => {
  try {
    if (data.start) {
      cache = data.reload ? "reload" : "default"
      await (ready = start(data.code).then(() => (data.warm ? warm(data.code) : undefined)))
    } else {
      if (config.core) foresee(data.code)
      if (!data.id) return
      postMessage({ id: data.id, heard: true })
      await ready
      await call(data)
    }
  } catch (error) {
    postMessage({ broken: error instanceof Unloadable ? error.message : `Python broke: ${error.message}.` })
  }
}
