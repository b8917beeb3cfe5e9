// Python in a worker. Whatever runs on a page asks it through talk.js.
//
//   const outcome = await python.call("package.module.function", [arguments], options)
//
// calls a Python function and waits: see `Options` and `Outcome` in tests/javascript/python.d.ts.
// What the function's module imports, or `options.code`, is loaded first. One call at a time.
//
// `python.session` counts the workers: while it is the same, variables are kept.
//
// Cells run in `python`. What judges and draws asks `judge`, in whose worker no cell has run: a cell
// may replace what a verdict relies on. The first cell takes over the worker of `judge`, if there is
// one, and `judge` gets another when it is asked next.

import { PATIENCE, isHere } from "./elements.js"

const DEAF = 5 // seconds, in which a worker that does nothing answers

const WORKER = new URL("worker.js", import.meta.url)
// What the workers have compiled, so that the engine need not do it again for the next one.
/** @type {WebAssembly.Module[]} */
const compiled = []
/** @param {unknown} module */
const keep = module => compiled.length < 99 && module instanceof WebAssembly.Module && compiled.push(module)

const UNLOADED = `worker.js could not be loaded from ${WORKER.host}`

class Python {
  session = 0
  /** @type {PythonWorker | null} */
  #worker = null
  /** @type {Call | null} */
  #call = null
  #calls = 0
  // What to warm up for.
  #code = ""
  #failed = false
  // Whether its worker has finished a call.
  #worked = false
  // Whose worker it takes over.
  #spare

  /** @param {Python} [spare] */
  constructor(spare) {
    this.#spare = spare
  }

  // Whether a worker is there.
  get started() {
    return this.#worker != null
  }

  // Begin to load, if that has not begun: what `code` imports, too, if it is to `warm` up.
  start(code = "", warm = false) {
    if (this.#worker) return
    this.session += 1
    if (this.#spare?.started) return this.#take(this.#spare)
    // After a failure under an address of its own: the browser may keep a file that came broken.
    const address = this.#failed ? `${WORKER}?${this.session}` : WORKER
    /** @type {PythonWorker} */
    const worker = new Worker(address, { type: "module", name: "python" })
    this.#hearFrom(worker)
    worker.postMessage({ start: true, code, warm, reload: this.#failed })
    this.#failed = false
  }

  // Download what `code` imports, if Python is loaded or will be.
  /** @param {string} code */
  foresee(code) {
    this.#worker?.postMessage({ code })
  }

  /** @param {Python} other */
  #take(other) {
    if (other.#worker) this.#hearFrom(other.#worker)
    this.#worked = other.#worked
    other.#worker = null
    other.#worked = false
  }

  /** @param {PythonWorker} worker */
  #hearFrom(worker) {
    this.#worker = worker
    worker.onmessage = ({ data }) => worker == this.#worker && this.#hear(data)
    worker.onerror = event => {
      event.preventDefault()
      const { message } = event
      if (worker == this.#worker) this.#fail(message ? `Python broke: ${message}.` : `${UNLOADED}.`)
    }
  }

  /** @type {PythonCall} */
  call(name, args = [], { code = "", math = false, seconds, on = () => {} } = {}) {
    if (this.#call) throw new Error("one call at a time: Python is busy")
    this.#code = code
    const id = (this.#calls += 1)
    return new Promise(done => {
      const call = { id, on, done, seconds, order: { id, name, args, code, math } }
      this.#call = call
      on({ state: "loading" })
      this.#send(call)
    })
  }

  /** @param {Call} call */
  #send(call) {
    this.start(call.order.code)
    this.#worker?.postMessage(call.order)
    call.fresh = !this.#worked
    // The worker may not have been loaded. Or code that it ran has closed or deafened it.
    const silent = () => (this.#worked ? this.#sendAnew(call) : this.#fail(`${UNLOADED}: nothing came for ${PATIENCE} s.`))
    call.silence = setTimeout(silent, (this.#worked ? DEAF : PATIENCE) * 1000)
  }

  /** @param {Call} call */
  #sendAnew(call) {
    clearTimeout(call.timer)
    this.#drop()
    this.#send(call)
  }

  // Forget all that ran, end what runs, and get a new worker ready for more of its kind; not while
  // Python is downloaded, for that ends, too.
  /** @param {"stopped" | "timeout"} status */
  stop(status = "stopped") {
    this.#end({ status })
    if (isHere()) this.start(this.#code, true)
  }

  /** @param {FromWorker} message */
  #hear(message) {
    // The reader's code may post whatever it likes.
    if (Object(message) !== message) return
    if ("compiled" in message) return keep(message.compiled)
    if ("broken" in message) return this.#fail(message.broken)
    const call = this.#call
    if (!call || ("id" in message && message.id != call.id)) return
    clearTimeout(call.silence)
    if (message.heard) return
    if (message.state == "running" && call.seconds) {
      call.timer = setTimeout(() => this.stop("timeout"), call.seconds * 1000)
    }
    if (!("status" in message)) return call.on(message)
    // Or it has removed what our own code needs.
    if (message.status == "raised" && !call.fresh) return this.#sendAnew(call)
    this.#worked = true
    this.#finish(/** @type {Outcome} */ ({ ...message, status: message.status == "raised" ? "raised" : "done" }))
  }

  /** @param {string} message */
  #fail(message) {
    this.#failed = true
    this.#end({ status: "failed", message })
  }

  /** @param {Outcome} outcome */
  #end(outcome) {
    this.#drop()
    this.#finish(outcome)
  }

  #drop() {
    this.#worker?.terminate()
    this.#worker = null
    this.#worked = false
  }

  /** @param {Outcome} outcome */
  #finish(outcome) {
    const call = this.#call
    this.#call = null
    clearTimeout(call?.timer)
    clearTimeout(call?.silence)
    call?.done(outcome)
  }
}

export const judge = new Python()
export const python = new Python(judge)
