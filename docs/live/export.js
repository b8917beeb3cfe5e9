// All that a reader wrote, passed and studied, as the text of a file, and back. The command line
// (answers/progress/state.py) writes and reads what concerns exercises. Loaded when it is asked for.

import { fetched } from "./elements.js"
import { reviewOfPass } from "./passed.js"
import { EXERCISE, edits, store } from "./store.js"
import { mocks } from "./mock_state.js"
import { VERSION, isObject } from "./shelf.js"
import { byDay, cards, places, plans, schedule, scores } from "./study.js"

const SHELVES = [store, edits, cards, plans, scores, places, mocks]
const BESIDE = "\n\n\n# Kept beside it by an import:\n\n\n"
/** @param {object} object */
const some = object => (Object.keys(object).length ? object : undefined)

export function exported() {
  const study = some({ ...plans.all(), cards: some(cards.all()), scores: some(scores.all()) })
  const damaged = Object.fromEntries(SHELVES.flatMap(shelf => shelf.unreadable()))
  const all = { version: VERSION, exercises: store.all(), cells: some(edits.all()), study, damaged }
  return JSON.stringify(all, null, 1) + "\n"
}

// Take over the file that `exported` made: all of it, or an error, with what was there before.
// Returns how many exercises and cards it held, and the names of the cells that have both texts now.
/** @param {string} file */
export async function imported(file) {
  const { exercises, cells, study } = contents(file)
  const passed = exercises.filter(([, theirs]) => theirs.passed).map(([name]) => name)
  const { due } = study.cards.length || passed.length ? await schedule() : { due: () => undefined }
  for (const [name, theirs] of exercises) store.put(name, mergedExercise(store.get(name), theirs))
  const beside = []
  for (const [name, theirs] of cells) {
    const ours = edits.get(name).text
    const text = mergedCell(ours, theirs.text)
    if (text != ours) edits.put(name, { text })
    if (text != ours && text != theirs.text) beside.push(name)
  }
  for (const [id, theirs] of study.cards) {
    const { reviews, ...others } = mergedCard(cards.get(id), theirs)
    cards.put(id, reviews?.length ? { reviews, ...others, due: due(reviews) } : others)
  }
  // The command line keeps no cards: what was passed there comes back here, too.
  for (const name of passed.filter(name => !cards.get(`exercise/${name}`).reviews?.length)) {
    const record = store.get(name)
    const reviews = [reviewOfPass(record, record.hints && (await hintsOf(name)))]
    cards.set(`exercise/${name}`, { reviews, due: due(reviews) })
  }
  for (const [number, theirs] of study.scores) {
    scores.put(number, mergedScores(scores.get(number), theirs))
  }
  const { changed = "" } = plans.get("plan")
  for (const [, theirs] of study.plans) if ((theirs.changed ?? "") > changed) plans.put("plan", theirs)
  return { exercises: exercises.length, cards: study.cards.length, beside }
}

// How many hints an exercise has; of one that needs PyTorch no page knows it.
/** @param {string} name */
const hintsOf = name =>
  fetched(`exercises/${name}.json`)
    .then(answer => answer.json())
    .then(
      ({ hints }) => hints?.length,
      () => {},
    )

export function clear() {
  SHELVES.forEach(shelf => shelf.clear())
}

/** @param {Time[]} times */
const inOrder = times => times.filter(time => time != null).sort((a, b) => Date.parse(a) - Date.parse(b))
/** @param {Time[]} times */
const earliest = (...times) => inOrder(times)[0]
/** @param {Time[]} times */
const latest = (...times) => inOrder(times).at(-1)

/** @type {Merge<Practised>} */
function mergedExercise(ours, theirs) {
  const again = earliest(ours.again, theirs.again)
  // While it is done again, what was shown since counts.
  const doingAgain = [ours, theirs].filter(({ passed, again }) => passed && again)
  const counting = doingAgain.length ? doingAgain : [ours, theirs]
  const replaced = ours.text != null && theirs.text != null && ours.text != theirs.text
  return {
    ...ours,
    ...theirs,
    // Imported once more, their text is ours already, and what it replaced stays.
    before: [theirs.before, ours.before, replaced ? ours.text : undefined].reduce(both),
    hints: Math.max(...counting.map(({ hints = 0 }) => hints)) || undefined,
    passed: earliest(ours.passed, theirs.passed),
    solution: (again ? latest : earliest)(ours.solution, theirs.solution),
    again,
  }
}

// What the reader has changed here goes on, with theirs below it in comments.
/** @type {Merge<string | undefined>} */
function mergedCell(ours, theirs) {
  if (theirs == null || ours == theirs) return ours
  if (ours == null) return theirs
  const comments = theirs.replace(/^/gm, "# ")
  return ours.includes(comments) ? ours : ours + BESIDE + comments
}

// Two texts as one, of which the second counts if both define the same; either may be missing, or be
// a part of the other.
/** @type {Merge<string | undefined>} */
function both(first, second) {
  if (first == null || second?.includes(first)) return second
  return second == null || first.includes(second) ? first : first + BESIDE + second
}

// All of ours, and what theirs has beyond them: one of ours stands for one of theirs.
/** @type {Merge<Score[]>} */
function mergedScores(ours, theirs) {
  const both = [...ours]
  const left = ours.map(String)
  for (const pair of theirs) {
    const at = left.indexOf(String(pair))
    if (at < 0) both.push(pair)
    else left.splice(at, 1)
  }
  return byDay(both)
}

// The newer last review wins; if they are of one day, the longer history. Beyond that it matters
// only that the same one always does.
/** @type {Merge<Studied>} */
function mergedCard(ours, theirs) {
  /** @param {Studied} card */
  const rank = ({ reviews = [], suspended = "", due = "" }) => [
    reviews.at(-1)?.[0] ?? "",
    String(reviews.length).padStart(6, "0"),
    suspended,
    JSON.stringify(reviews),
    due,
  ]
  /** @param {string[]} a @param {string[]} b */
  const first = (a, b) => a.findIndex((each, index) => each != b[index])
  const [a, b] = [rank(ours), rank(theirs)]
  const place = first(a, b)
  return place < 0 || a[place] > b[place] ? ours : theirs
}

// What a file holds, as pairs of name and record; or an error that says what is wrong with it.
/** @param {string} file */
function contents(file) {
  let data
  try {
    data = JSON.parse(file)
  } catch {
    throw new Error("it is not the JSON of an export")
  }
  if (!isObject(data) || !isObject(data.exercises)) throw new Error("it is not an export of these pages")
  if (data.version !== VERSION) {
    throw new Error(`it is an export of version ${JSON.stringify(data.version)}, and this page knows ${VERSION}`)
  }
  const given = data.study ?? {}
  /** @type {{ [key: string]: unknown }} */
  const study = isObject(given) ? given : { cards: null }
  const { plan, cards: theirCards = {}, scores: theirScores = {} } = study
  return {
    exercises: checked("an exercise", EXERCISE, store, data.exercises),
    cells: checked("a cell", edits.name, edits, data.cells ?? {}),
    study: {
      cards: checked("a card", cards.name, cards, theirCards),
      scores: checked("a question's scores", scores.name, scores, theirScores),
      plans: checked("the plan", plans.name, plans, plan === undefined ? {} : { plan }),
    },
  }
}

/** @template Kept @param {string} what @param {RegExp} pattern @param {Shelf<Kept>} shelf @param {unknown} records */
function checked(what, pattern, shelf, records) {
  if (!isObject(records)) throw new Error(`it holds no record of ${what}`)
  for (const [name, record] of Object.entries(records)) {
    const short = JSON.stringify(name).slice(0, 40)
    if (!pattern.test(name)) throw new Error(`${short} is no record of ${what}`)
    const [, wrong] = shelf.valid(record)
    if (wrong == "it") throw new Error(`${short} is no record of ${what}`)
    if (wrong != null) throw new Error(`\`${wrong}\` of ${name} is not valid`)
  }
  return /** @type {[string, Kept][]} */ (Object.entries(records))
}
