// Cards, and what asks them: reviews, rehearsals and mock interviews.

/** A card of cards.json, as answers/site/bundle.py says. */
interface Card {
  kind: "opening" | "follow-up" | "exercise"
  page: string
  number: number
  title: string
  topic: string
  question: string
  minutes: number
  /** Of an opening: minutes to read its page, how hard it is, and how much it matters in a track, up to 3. */
  reading: number
  level: string
  importance: Record<string, number>
  /** Whether it is an exercise that runs on the command line alone. */
  shell?: boolean
}
type Cards = Record<string, Card>
type CardEntry = [id: string, card: Card]

/** The kind is "review", "rehearse" (a follow-up that is new), "read", "write" or "again". */
interface Task {
  kind: string
  id: string
  card: Card
  minutes: number
}
/** What the minutes of a day are shared among. */
type Activity = "read" | "write" | "recall"
/** `held` is whether the track asks it. */
type Ordered = { id: string; card: Card; held: boolean }
/** `mock` and `sheet` are minutes or 0; `waiting` came back, and has no time; `minutes` is all that is listed. */
type Planned = { tasks: Task[]; mock: number; sheet: number; waiting: Task[]; minutes: number }
type Ahead = { days: (Planned & { day: string })[]; waiting: Ordered[] }
/** `left` are days; the others, minutes. */
type Frame = (plan: Following, day: string) => { left: number; room: number; mock: number; mocked: number }
type Importance = (card: Card, track: string) => number
type InOrder = (all: Cards, track: string) => Ordered[]
type Day = (all: Cards, records: Records, plan: Following, day: string) => Planned
type Until = (all: Cards, records: Records, plan: Following, day: string) => Ahead
type Passed = (record: Studied | undefined, day: string) => Studied
type NextDue = (all: Cards, records: Records, plan: Plan, day: string) => string | undefined
type Agenda = (all: Cards, records: Records) => Element[]
type Progress = (all: Cards, records: Records) => void
type Reviewed = Pick<Task, "id" | "kind" | "card"> & { later?: boolean }

/** What a page asks and answers: functions that make elements. */
interface Sides {
  front: () => Element
  back: () => Element
  href: string
}

type Recall<Card extends Asked = Asked> = import("../../docs/live/recall.js").Recall<Card>

/** A card as recall.js asks it. */
interface Asked {
  id: string
  about: string
  href: string
  front: () => Element | Promise<Element>
  back?: () => Element | Promise<Element | undefined>
  /** To say the answer. */
  seconds?: number
  /** Whether it is an exercise, which the program rates. */
  passes?: boolean
  /** Whether it can wait, and does not count until it comes. */
  later?: boolean
  /** How many reviews it had when it was put into the deck. */
  count?: number
}

interface Deck<Card extends Asked> {
  name: string
  deck: Card[]
  /** The card of an id, which may have left the deck. */
  found?: (id: string) => Card | false | undefined
  at?: number
  /** What is shown after the last card. */
  ended(recall: Recall<Card>): Node[]
  /** Hears of every step. */
  moved?: (at: number) => unknown
}

interface Showing {
  revealed?: boolean
  focus?: boolean
}

/** What Undo takes back; `before`, in an earlier load of the page. */
interface Rated<Card extends Asked = Asked> {
  card: Card
  rating: number | "suspended"
  count?: number
  before?: boolean
}
/** As pairs of id and text. */
type PutAway = (recall: Pick<Recall, "bar" | "front">, all: string[][]) => Element[]
type Unloaded = (root: Element, error: Error) => void
type Last = Omit<Rated, "card"> & { id: string }

type Drawn = Card & { id: string }

/** What a mock interview asks; each question is its opening and its follow-ups. */
interface Mock {
  minutes: number
  seed: number
  questions: Drawn[][]
  exercise: Drawn | null
}
type SetUp = (root: Element, all: Cards, last: Mock | null) => Element[]
type Draw = (all: Cards, minutes: number, seed: number) => Mock
type Weakness = (mock: Mock, rated: LastRating, scored: LastScore, unseen: number) => number
type Weakest = (all: Cards, minutes: number, seeds: number[], rated: LastRating, scored: LastScore, unseen?: number) => Mock
/** Of a card, by its id. */
type LastRating = (id: string) => number | undefined
/** Of a question, by its number in two digits. */
type LastScore = (number: string) => string | undefined

type Interview = import("../../docs/live/mock_interview.js").Interview
type Under = NonNullable<ReturnType<typeof import("../../docs/live/mock_state.js").kept>>

/** A card, a rubric or an exercise; `text` is what the report calls it. */
interface Step extends Asked {
  kind: string
  text: string
  minutes?: number
  /** Of the question, in two digits. */
  number?: string
}
