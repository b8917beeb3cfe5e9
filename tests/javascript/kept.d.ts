// What the browser keeps: times are in ISO format, days as "2026-12-01".

type Shelf<Kept> = import("../../docs/live/shelf.js").Shelf<Kept>

interface Shelved<Kept> {
  /** Of the keys; `name` matches what follows it. */
  prefix: string
  name: RegExp
  valid: Valid<Kept>
  /** Under which what is damaged is kept. */
  aside?: string
}

/** The valid part of a value, and which part is not. */
type Valid<Kept> = (value: unknown) => [part: Kept, wrong?: string]
type Fields = <Kept>(tests: Tests<NoInfer<Kept>>) => Valid<Kept>
/** As it is written: the part has the fields of which there are tests. */
type AnyFields = (tests: Record<string, Test>) => Valid<any>
type Tests<Kept> = { [Key in keyof Kept]-?: Test }
type Test = (value: unknown) => boolean
type Is<Kind> = (value: unknown) => value is Kind

type Time = string | undefined
type Merge<Kept> = (ours: Kept, theirs: Kept) => Kept

/** An exercise. */
interface Practised {
  text?: string
  /** The text that the stub or an import then replaced. */
  before?: string
  /** How many were shown; once it is passed, since `again`. */
  hints?: number
  /** The first pass. */
  passed?: string
  /** When it was first shown before a pass, or last since `again`. */
  solution?: string
  /** When the reader last began again from the stub, until it is passed. */
  again?: string
}

/** A cell that the reader changed. */
interface Edit {
  text?: string
}

/** A card; `reviews` stand in their order, `due` is what schedule.js makes of them. */
interface Studied {
  reviews?: Review[]
  due?: string
  suspended?: string
}
/** The rating is 1 again, 2 hard, 3 good or 4 easy. */
type Review = [day: string, rating: number]
type Records = Record<string, Studied>
type Schedule = Promise<typeof import("../../docs/live/schedule.js")>

interface Plan {
  date?: string
  /** When the date was set. */
  since?: string
  /** The last mock interview. */
  mocked?: string
  /** A day. */
  minutes?: number
  /** A key of TRACKS. */
  track?: string
  changed?: string
}
/** With what stands for the parts that the reader left open. */
type Following = Plan & { minutes: number; track: string }

/** The scores of a question stand by day; those of one day in the order in which they were given. */
type Score = [day: string, level: string]

/** Where the reader stopped; `at`, a step of the rehearsal or 0. */
interface Stop {
  page?: string
  title?: string
  at?: number
}

/** The mock interview that goes on, or that was the last. */
interface KeptMock {
  minutes?: number
  seed?: number
  /** A key of TRACKS. */
  track?: string
  began?: string
  /** A step. */
  at?: number
  /** The milliseconds of each step. */
  spent?: number[]
  /** By card. */
  rated?: Record<string, number>
  /** By question. */
  scored?: Record<string, string>
  passed?: boolean
  /** What was said last of an exercise that was not passed. */
  verdict?: string
  /** In which it goes on. */
  tab?: string
}
