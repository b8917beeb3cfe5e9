// How a page asks Python, and what is said between docs/live/python.js and docs/live/worker.js.

/** The functions of Python that a page calls, and what they return. Arguments and results travel as JSON. */
interface Functions {
  "live_needs.needs": Needs
  "live_worker.run": boolean
  "answers.explorers.at": View
  "answers.grader.browser_judge.prepare": null
  "answers.grader.browser_judge.check": Verdict
  "answers.grader.browser_judge.case": string
}

type PythonCall = <Name extends keyof Functions>(
  name: Name,
  args?: unknown[],
  options?: Options,
) => Promise<Outcome<Functions[Name]>>

interface Options {
  /** Python source that the function will run. */
  code?: string
  /** Whether the output is TeX, to be typeset. */
  math?: boolean
  /** A time limit, counted from when Python and packages are loaded. */
  seconds?: number
  /** Told what happens. */
  on?: (message: Message) => void
}

/** A state; or the bytes loaded, from a host; or the output of a stream; or a formula. */
interface Message {
  state?: "loading" | "running"
  loaded?: number
  total?: number
  from?: string
  stream?: "stdout" | "stderr"
  text?: string
  tex?: string
}

/** How a call ended, which is never an exception; `ran`, whether talk.js saw that it came to run. */
type Outcome<Result = unknown> = { ran?: boolean } & ({ status: "done"; result: Result; message?: undefined } | Failed)

/**
 * raised: the function raised an error, which is our mistake and not the reader's.
 * failed: Python could not be loaded, or broke; the next call starts anew.
 * stopped: by `stop`, which ends the worker, whatever it does; a new one warms up.
 * timeout: the same, when the time is over.
 * senseless: talk.js could not make sense of the result.
 */
interface Failed {
  status: "raised" | "failed" | "stopped" | "timeout" | "senseless"
  result?: undefined
  message?: string
}

/** `python.call`, as talk.js gives it to a cell, an exercise or an explorer: `on` is told of outputs only. */
type Ask = <Name extends keyof Functions>(
  name: Name,
  args: unknown[],
  options: Options & { says?: string },
) => Promise<Outcome<Functions[Name]>>

/**
 * `again` is the name of the button that begins anew. Nothing is returned if Python works already;
 * `took` is the time that it ran and loaded.
 */
type Talk = <Told extends Outcome>(
  bar: Bar,
  again: string,
  work: (ask: Ask) => Promise<Told>,
  options?: { cells?: boolean },
) => Promise<((Told | Failed) & { took: string }) | undefined>

/** A call that goes on. */
interface Call {
  id: number
  on: (message: Message) => void
  /** Of which result is known where it is called: see Functions. */
  done: (outcome: Outcome<any>) => void
  order: Order
  seconds?: number
  /** Whether the worker has not finished a call before. */
  fresh?: boolean
  /** Ends it when the time is over, or when the worker has not answered. */
  timer?: number
  silence?: number
}

interface Order {
  id: number
  name: string
  args: unknown[]
  code: string
  math: boolean
}

interface PythonWorker extends Omit<Worker, "postMessage"> {
  postMessage(message: ToWorker): void
}

type ToWorker =
  /** Load Python, foreseeing what `code` imports, or with it, to `warm` up; past the cache, to `reload`. */
  | { start: true; code: string; warm: boolean; reload: boolean }
  /** Download what `code` imports, which will soon be asked for. */
  | { start?: undefined; code: string; id?: undefined }
  /** Call a function. */
  | (Order & { start?: undefined })

type FromWorker =
  /** A module of WebAssembly, if nobody else posted it. */
  | { compiled: unknown }
  /** Python cannot go on, and why. */
  | { broken: string }
  | Answer

/** To the call of that id: it was heard, a message, or how it ended. */
interface Answer extends Message {
  id?: number
  heard?: true
  status?: "done" | "raised"
  result?: unknown
  message?: string
}

interface Pyodide {
  FS: { mkdirTree(path: string): void; writeFile(path: string, content: string | Bytes): void }
  loadPackage(names: string[], options: object): Promise<unknown>
  pyimport(module: "live_worker"): Session
  registerJsModule(name: string, module: object): void
  runPython(code: string): string
}

/** docs/live/worker.py. What is not code or a name is JSON. */
interface Session {
  adapt(installed: string): void
  add_answers(packages: string): void
  call(name: string, args: string): string
  packages(code: string, known: string): string
  warm(code: string): void
}

/** docs/live/config.json */
interface Config {
  pyodide: string
  wheels: string
  patience: number
  compressed: Record<string, number>
  foresee: Record<string, string[]>
  live: string
  /** What the code that names a word reads: a file, and its path below the modules. */
  data: Record<string, { file: string; path: string }>
  core: string[]
  files: Record<string, Pin>
  lock: { packages: Record<string, { file_name: string; depends: string[] }> }
}
interface Pin {
  from: "pyodide" | "wheels" | "live"
  size: number
  sha256: string
}

/** By file. */
type Hashes = Promise<Record<string, string>>
type FilesOf = (config: Config, names: string[]) => string[]
type DataOf = (config: Config, code: string) => { file: string; path: string }[]
type Get = (name: string, place: URL, cache: RequestCache, on?: Receiving["on"]) => Promise<Bytes>
type Checked = (name: string, place: URL, data: Bytes, sha256: string) => Promise<Bytes>

/** Modules of `answers` by path, and the packages that they import. */
type Modules = Record<string, { text: string; packages: string[] }>

/** What a call has printed: text that waits to be sent, and formulas, which come last. */
interface Printed {
  id: number
  stream: string
  text: string
}
interface Formulas {
  math: boolean
  text: string
  objects: string[]
}

/** WebAssembly, as far as it compiles. */
type Engine = Record<string, (...given: unknown[]) => Promise<{ module?: WebAssembly.Module }>>
