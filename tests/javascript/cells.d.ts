// The cells of a page, explorers and editors.

type Cell = import("../../docs/live/cell.js").Cell

/** Cells that share a session of Python. */
interface CellPage {
  path: string
  cells: Known[]
  /** What needs.py told last, and of which texts. */
  told?: Outcome<Needs> & { key: string }
}

interface CellState {
  text: string
  /** The key under which it ran to its end, if it did; the count of runs then, and the session of Python. */
  ran?: string | null
  at?: number
  session?: number
}

/** What cell_buttons.js knows of a cell that the reader can run, or of an included section. */
interface Known {
  page: CellPage
  block: Element
  live: boolean
  code: Element
  original: string
  /** How the page shows the original. */
  html: string
  state: CellState
  /** The module of which it is a section. */
  module?: string
  /** The name under which the browser keeps its text. */
  kept?: string
  cell?: Cell
}

/** What a cell has beside, if the reader can run it. */
interface Live {
  number: number | string
  bar: Bar
  buttons: Record<Press, HTMLButtonElement>
}
type Press = "run" | "stop" | "edit" | "reset"
/** The number, or the name, tells a cell from the others. */
type AddButtons = (cell: Known, number: number | string) => void

/** How a run ended: `first`, how many cells ran before it; `failed`, which of them ended in an error. */
type Ran = Outcome<boolean> & { first?: number; failed?: string }
type Stale = (cells: Cell[], index: number, told: Needs) => Cell[]
type Execute = (ask: Ask, asked: Cell, needed?: Cell[]) => Promise<Outcome<boolean>>

/** For each cell of a page, as needs.py tells. */
interface Needs {
  needs: number[][]
  uses: string[][]
  writes: string[][]
}

/** What is seen of an explorer. */
interface View {
  svg: string
  facts: string[]
  values: string[]
}

type Editor = import("*/vendor/codemirror/codemirror.js").EditorView

/** What an editor is made for; `change` gets every new text. */
interface Writing {
  text: string
  label: string
  run: Act
  change: (text: string) => void
}
