// The worker in which Python runs. It loads Pyodide, runs nothing that it has not checked, and
// calls Python functions; `python.js` speaks with it:
//
//   in   { start, code, reload }     load Python, and what `code` imports; past the cache, if asked
//        { id, name, args, code, math }    call the function `name`
//   out  { loaded, total }           bytes, of what is being loaded
//        { id, state }, { id, stream, text }, { id, html }, { id, status, result | message }
//        { broken }                  Python cannot go on, and why

const LIMIT = 50_000 // characters that one call may print
const LINE = 50 // a new line counts as so many
const BURST = 200 // messages that go out at once; then one for all that was printed in PAUSE
const PAUSE = 50 // ms
const TYPES = { wasm: "application/wasm", json: "application/json" }

class Unloadable extends Error {}

let config, ready, cache, py, live
const stored = new URL("checked/", import.meta.url).href // where Pyodide looks for its files: nowhere

// What is loaded

const downloads = new Map()
let loaded = 0
let total = 0
let told = 0

// The bytes of a file that config.json names; once asked for, the same ones for ever.
function bytes(name) {
  if (!downloads.has(name)) downloads.set(name, download(name, config.files[name]))
  return downloads.get(name)
}

async function download(name, { from, size, sha256 }) {
  const url = new URL(name, new URL(config[from], import.meta.url))
  total += size
  const giveUp = new AbortController()
  const data = new Uint8Array(size)
  let timer, received = 0
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(() => giveUp.abort(), config.patience * 1000)
  }
  try {
    wait()
    const response = await real(url, { cache, signal: giveUp.signal })
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    const reader = response.body.getReader()
    for (let part; !(part = await reader.read()).done; wait()) {
      if (received + part.value.length <= size) data.set(part.value, received)
      received += part.value.length
      progress(part.value.length)
    }
  } catch (error) {
    const why = giveUp.signal.aborted ? `nothing came for ${config.patience} s` : error.message
    throw new Unloadable(`${name} could not be loaded from ${url.host}: ${why}.`)
  } finally {
    clearTimeout(timer)
  }
  if (received != size || (await digest(data)) != sha256) {
    throw new Unloadable(`${name} from ${url.host} is not the file that was tested, so it was refused.`)
  }
  return data
}

async function digest(data) {
  if (!crypto.subtle) throw new Unloadable("What is loaded can be checked over https only.")
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", data))
  return Array.from(sum, byte => byte.toString(16).padStart(2, "0")).join("")
}

function progress(received) {
  loaded += received
  if (performance.now() - told < PAUSE && loaded < total) return
  told = performance.now()
  postMessage({ loaded, total })
}

// Files of this site, as they are now.
async function own(name, as) {
  const url = new URL(name, import.meta.url)
  try {
    const response = await real(url, { cache: "no-cache" })
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    return await response[as]()
  } catch (error) {
    throw new Unloadable(`${name} could not be loaded from ${url.host}: ${error.message}.`)
  }
}

// Pyodide asks for its files by `fetch`, and gets those that were checked.
const real = self.fetch.bind(self)
self.fetch = async (resource, options) => {
  const url = String(resource?.url ?? resource)
  if (!url.startsWith(stored)) return real(resource, options)
  const name = url.slice(stored.length)
  const body = name == "pyodide-lock.json" ? JSON.stringify(config.lock) : await bytes(name)
  return new Response(body, { headers: { "Content-Type": TYPES[name.split(".").pop()] ?? "" } })
}

async function importChecked(name) {
  const url = URL.createObjectURL(new Blob([await bytes(name)], { type: "text/javascript" }))
  try {
    return await import(url)
  } finally {
    URL.revokeObjectURL(url)
  }
}

// Pyodide waits for ever for a file that does not come; here the first failure ends the wait.
async function start(code) {
  config = await own("config.json", "json")
  const core = config.core.map(bytes)
  foresee(code)
  const session = own("worker.py", "text")
  await Promise.all([load(), session, ...core])
  const site = py.runPython("import sysconfig; sysconfig.get_path('purelib')")
  py.FS.writeFile(`${site}/live_worker.py`, await session)
  py.registerJsModule("live_page", { write, latex: tex => formulas.objects.push(tex) })
  live = py.pyimport("live_worker")
}

async function load() {
  const [{ loadPyodide }] = await Promise.all([importChecked("pyodide.mjs"), importChecked("pyodide.asm.js")])
  py = await loadPyodide({ indexURL: stored })
}

// Download, while Python starts, what the code will probably ask for.
function foresee(code) {
  const named = Object.keys(config.foresee).filter(word => code.includes(word))
  for (const name of named.flatMap(word => withNeeds(config.foresee[word]))) {
    bytes(config.lock.packages[name].file_name).catch(() => {})
  }
  if (code.includes("answers")) answers().catch(() => {})
}

let source
const answers = () => (source ??= own("answers.json", "text"))

const withNeeds = names => names.flatMap(name => [name, ...withNeeds(config.lock.packages[name].depends)])

async function install(code) {
  if (code.includes("answers")) live.add_answers(await answers())
  const names = JSON.parse(live.packages(code, JSON.stringify(Object.keys(config.lock.packages))))
  if (!names.length) return
  await Promise.all(withNeeds(names).map(name => bytes(config.lock.packages[name].file_name)))
  await py.loadPackage(names, { messageCallback() {}, checkIntegrity: false })
  live.adapt(JSON.stringify(names))
}

// What is printed: at once while it is little, so that nothing waits behind an endless loop

let current, printed, pending, burst, last, formulas

function write(stream, text) {
  if (stream == "stdout" && formulas.math) {
    text = formulas.text += text
    formulas.math = text.includes("\\") && text.length < LIMIT
    if (formulas.math) return
  }
  if (printed > LIMIT) return
  const room = LIMIT - printed
  printed += text.length + LINE * (text.split("\n", LIMIT / LINE).length - 1)
  if (printed > LIMIT) text = `${text.slice(0, room).split("\n", room / LINE).join("\n")}\n[Too much output: the rest is not shown.]\n`
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

// Formulas are typeset here, so that the page does not wait for it; what is none is shown as text.
async function typeset() {
  const { math, text, objects } = formulas
  formulas = { objects: [] }
  const all = math && text.trim() ? [text, ...objects] : objects
  if (all.length) await import("../vendor/katex/katex.min.js").catch(() => {})
  for (const tex of all) {
    try {
      postMessage({ id: current, html: katex.renderToString(tex.trim(), { displayMode: true, strict: "error" }) })
    } catch {
      write("stdout", tex.trimEnd() + "\n")
    }
  }
}

// Calls

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
  await typeset()
  flush()
  postMessage({ id, ...outcome })
}

self.onmessage = async ({ data }) => {
  try {
    if (data.start) {
      cache = data.reload ? "reload" : "default"
      await (ready = start(data.code))
    } else {
      if (config) foresee(data.code)
      await ready
      await call(data)
    }
  } catch (error) {
    postMessage({ broken: error instanceof Unloadable ? error.message : `Python broke: ${error.message}.` })
  }
}
