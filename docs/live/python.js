// Python in a worker, for whatever runs on a page: cells, exercises.
//
//   import { python } from "./python.js"
//   const outcome = await python.call("package.module.function", [arguments], options)
//
// calls a Python function and waits. Arguments and result travel as JSON. The first call loads
// Python; `answers`, NumPy and SymPy are loaded when they are imported, by the function's module
// or by `options.code`. One call at a time: see `python.busy`.
//
// options:
//   code     Python source that the function will run; what it imports is loaded first
//   math     whether what it prints is TeX, to be typeset
//   seconds  a time limit, counted from when Python and packages are loaded
//   on       told what happens: on({ state: "loading" | "running" }), on({ loaded, total }) in bytes,
//            on({ stream: "stdout" | "stderr", text }), on({ html }) for a formula
//
// outcome: { status, … }, never an exception:
//   "done"     with `result`
//   "raised"   with `message`: the function raised, which is our mistake and not the reader's
//   "failed"   with `message`: Python could not be loaded, or broke; the next call starts anew
//   "stopped"  by stop()
//   "timeout"  the time limit is over
//
// After the last three, variables are gone. stop() ends a call at once, whatever it does, since it
// ends the worker; a new one warms up. `python.session` counts the workers: while it is the same,
// so are the variables.

const WORKER = new URL("worker.js", import.meta.url)

export class Python {
  session = 0
  #worker = null
  #call = null // { id, on, done, seconds, timer }
  #calls = 0
  #code = "" // what to warm up for
  #failed = false

  get busy() {
    return this.#call != null
  }

  // Begin to load, if that has not begun: what `code` imports, too.
  start(code = "") {
    if (this.#worker) return
    const worker = new Worker(WORKER, { type: "module", name: "python" })
    worker.onmessage = ({ data }) => worker == this.#worker && this.#hear(data)
    worker.onerror = event => {
      event.preventDefault()
      if (worker == this.#worker) this.#fail(`Python broke: ${event.message || "its worker could not be loaded"}.`)
    }
    this.#worker = worker
    this.session += 1
    worker.postMessage({ start: true, code, reload: this.#failed })
    this.#failed = false
  }

  call(name, args = [], { code = "", math = false, seconds, on = () => {} } = {}) {
    if (this.busy) throw new Error("one call at a time: Python is busy")
    this.start(code)
    this.#code = code
    const id = (this.#calls += 1)
    return new Promise(done => {
      this.#call = { id, on, done, seconds }
      on({ state: "loading" })
      this.#worker.postMessage({ id, name, args, code, math })
    })
  }

  // Forget all that ran, and get a new worker ready.
  restart() {
    this.#drop()
    this.start(this.#code)
  }

  // End what runs, and get a new worker ready.
  stop(status = "stopped") {
    if (!this.busy) return
    this.#drop()
    this.start(this.#code)
    this.#finish({ status })
  }

  #hear(message) {
    if ("broken" in message) return this.#fail(message.broken)
    const call = this.#call
    if (!call || ("id" in message && message.id != call.id)) return
    if (message.state == "running" && call.seconds) {
      call.timer = setTimeout(() => this.stop("timeout"), call.seconds * 1000)
    }
    if ("status" in message) this.#finish(message)
    else call.on(message)
  }

  #fail(message) {
    this.#drop()
    this.#failed = true
    this.#finish({ status: "failed", message })
  }

  #drop() {
    this.#worker?.terminate()
    this.#worker = null
  }

  #finish(outcome) {
    const call = this.#call
    this.#call = null
    clearTimeout(call?.timer)
    call?.done(outcome)
  }
}

// The one that all cells share.
export const python = new Python()
