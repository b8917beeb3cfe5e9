// What a reader studies: how the cards were rated and when each comes back, the date of the
// interview, and the scores that the reader gave. Nothing of it leaves the browser.

import { isDay, reviewsUpTo, today } from "./days.js"
import { load } from "./elements.js"
import { Shelf, fields, isText, isTime } from "./shelf.js"

/** @type {Record<string, string>} */
export const RATINGS = { 1: "again", 2: "hard", 3: "good", 4: "easy" }
export const LEVELS = ["weak", "solid", "strong"]
/** @type {Record<string, string>} */
export const TRACKS = { LLM: "LLM", general: "General", all: "All" }
/** @param {string} track */
export const trackNamed = track => (track == "all" ? "all questions" : `${TRACKS[track]} track`)

/** @param {unknown} value @returns {value is [string, unknown]} */
const isPair = value => Array.isArray(value) && value.length == 2 && isDay(value[0])
/** @param {unknown} value */
const isReview = value => isPair(value) && Number.isInteger(value[1]) && Object.hasOwn(RATINGS, value[1])
/** @param {unknown} value */
const isScore = value => isPair(value) && LEVELS.includes(value[1])
/** @param {Score[]} pairs */
export const byDay = pairs => [...pairs].sort(([a], [b]) => Number(a > b) - Number(a < b))
/** @param {unknown} value @returns {value is string} */
export const isTrack = value => isText(value) && Object.hasOwn(TRACKS, value)
/** @type {(most: number) => Test} */
const upTo = most => value => Number.isInteger(value) && value >= 0 && value <= most

/** @type {Shelf<Studied>} */
export const cards = new Shelf({
  prefix: "answers.study.card.",
  name: /^(\d\d+\/[\w-]+|exercise\/[a-z_]\w*)$/,
  aside: "card.",
  valid: fields({
    reviews: value =>
      Array.isArray(value) && value.every(isReview) && value.every(([day], index) => !index || value[index - 1][0] <= day),
    due: isDay,
    suspended: isTime,
  }),
})
/** @type {Shelf<Plan>} */
export const plans = new Shelf({
  prefix: "answers.study.",
  name: /^plan$/,
  aside: "study.",
  valid: fields({
    date: isDay,
    since: isDay,
    mocked: isDay,
    minutes: upTo(1440),
    track: isTrack,
    changed: isTime,
  }),
})
/** @type {Shelf<Score[]>} */
export const scores = new Shelf({
  prefix: "answers.study.score.",
  name: /^\d\d+$/,
  aside: "score.",
  valid: value => {
    const list = Array.isArray(value) ? value : []
    const part = byDay(list.filter(isScore))
    return [part, Array.isArray(value) && part.length == list.length ? undefined : "one of them"]
  },
})
/** @type {Shelf<Stop>} */
export const places = new Shelf({
  prefix: "answers.study.",
  name: /^place$/,
  aside: "study.",
  valid: fields({ page: value => isText(value) && /^[\w-]+(\/[\w-]+)*$/.test(value), title: isText, at: upTo(1000) }),
})

export const plan = () => ({ minutes: 60, track: "all", ...plans.get("plan") })

// Where the list of today stands, for who has a plan.
export const list = () => (plan().date ? [new URL("../#today", import.meta.url).href] : [])

// Change the plan; undefined for the date removes it.
/** @param {Plan} changes */
export function setPlan(changes) {
  const since = "date" in changes && changes.date != plan().date ? { since: changes.date && today() } : {}
  plans.set("plan", { ...changes, ...since, changed: new Date().toISOString() })
}
// Note that a mock interview, which began then, came to its end.
export function keepMocked(began = new Date().toISOString()) {
  const mocked = today(new Date(began))
  if (plan().mocked != mocked) setPlan({ mocked })
}

// Loaded before the first rating, and not by a page that only shows dates.
/** @type {Schedule | undefined} */
let loading
/** @returns {Schedule} */
export const schedule = () =>
  (loading ??= load("./schedule.js", "../vendor/ts-fsrs/ts-fsrs.js").catch(error => {
    loading = undefined
    throw error
  }))

// Rate a card: one of RATINGS. Returns the day on which it comes back.
/** @param {string} id @param {number} rating */
export async function rate(id, rating) {
  const { due } = await schedule()
  const { reviews: earlier = [] } = cards.get(id)
  /** @type {Review[]} */
  const reviews = [...reviewsUpTo(earlier), [today(), rating]]
  const day = due(reviews)
  cards.set(id, { reviews, due: day })
  return day
}

// Take the last rating of a card back.
/** @param {string} id */
export async function undo(id) {
  const { due } = await schedule()
  const reviews = cards.get(id).reviews?.slice(0, -1) ?? []
  const left = reviews.length ? { reviews, due: due(reviews) } : { reviews: undefined, due: undefined }
  cards.set(id, left)
}

/** @param {string} id */
export function suspend(id, suspended = true) {
  cards.set(id, { suspended: suspended ? new Date().toISOString() : undefined })
}

// Note how the reader scored the answer to a question, "06" for instance: one of LEVELS.
/** @param {string} number @param {string} level */
export function score(number, level) {
  scores.put(number, byDay([...scores.get(number), [today(), level]]))
}

// Note where the reader is: on the page at `path`, at a step of its rehearsal if `at` says so.
/** @param {string} path @param {number} [at] */
export function keepPlace(path, at) {
  const title = document.querySelector("h1")?.firstChild?.textContent ?? undefined
  const known = places.get("place")
  places.put("place", { page: path, title, at: at ?? (known.page == path ? known.at : 0) })
}

// What the reader must know of what is kept.
export const notice = () => [cards, plans, scores].map(shelf => shelf.notice()).find(Boolean) ?? ""
