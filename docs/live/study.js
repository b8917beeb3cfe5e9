// What a reader studies: how the cards were rated and when each comes back, the date of the
// interview, and the scores that the reader gave. Nothing of it leaves the browser.
//
// A card: { reviews, due, suspended }. `reviews` are [day, rating], oldest first; `due` is what
// schedule.js makes of them; `suspended` is a time, in ISO format.
// The plan: { date, new, minutes, changed }. The scores of a question: [day, level], by day; those of
// one day in the order in which they were given.
// The place where the reader stopped: { page, title, at }, `at` a step of the rehearsal or 0.

import { isDay, today } from "./days.js"
import { load } from "./elements.js"
import { Shelf, fields, isText, isTime } from "./shelf.js"

export const RATINGS = { 1: "again", 2: "hard", 3: "good", 4: "easy" }
export const LEVELS = ["weak", "solid", "strong"]

const isPair = value => Array.isArray(value) && value.length == 2 && isDay(value[0])
const isReview = value => isPair(value) && Number.isInteger(value[1]) && Object.hasOwn(RATINGS, value[1])
const isScore = value => isPair(value) && LEVELS.includes(value[1])
const inOrder = (pair, index, all) => !index || all[index - 1][0] <= pair[0]
export const byDay = pairs => [...pairs].sort(([a], [b]) => Number(a > b) - Number(a < b))
const upTo = most => value => Number.isInteger(value) && value >= 0 && value <= most

export const cards = new Shelf({
  prefix: "answers.study.card.",
  name: /^(\d\d+\/[\w-]+|exercise\/[a-z_]\w*)$/,
  aside: "card.",
  valid: fields({
    reviews: value => Array.isArray(value) && value.every(isReview) && value.every(inOrder),
    due: isDay,
    suspended: isTime,
  }),
})
export const plans = new Shelf({
  prefix: "answers.study.",
  name: /^plan$/,
  aside: "study.",
  valid: fields({ date: isDay, new: upTo(1000), minutes: upTo(1440), changed: isTime }),
})
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
export const places = new Shelf({
  prefix: "answers.study.",
  name: /^place$/,
  aside: "study.",
  valid: fields({ page: value => isText(value) && /^[\w-]+(\/[\w-]+)*$/.test(value), title: isText, at: upTo(1000) }),
})

export const plan = () => ({ new: 10, minutes: 60, ...plans.get("plan") })
// Change the plan; undefined for the date removes it.
export const setPlan = changes => plans.set("plan", { ...changes, changed: new Date().toISOString() })

// What schedule.js exports. Loaded before the first rating, and not by a page that only shows dates.
let loading
export const schedule = () =>
  (loading ??= load("./schedule.js", "../vendor/ts-fsrs/ts-fsrs.js").catch(error => {
    loading = undefined
    throw error
  }))

// The day of a review: today, but not before the last one, whatever the clock says.
export const dayOfReview = (reviews, day = today()) => [day, reviews.at(-1)?.[0] ?? day].sort()[1]

// Rate a card: one of RATINGS. Returns the day on which it comes back.
export async function rate(id, rating) {
  const { due } = await schedule()
  const { reviews: earlier = [] } = cards.get(id)
  const reviews = [...earlier, [dayOfReview(earlier), rating]]
  cards.set(id, { reviews, due: due(reviews) })
  return cards.get(id).due
}

// Take the last rating of a card back.
export async function undo(id) {
  const { due } = await schedule()
  const reviews = cards.get(id).reviews?.slice(0, -1) ?? []
  const left = reviews.length ? { reviews, due: due(reviews) } : { reviews: undefined, due: undefined }
  cards.set(id, left)
}

export function suspend(id, suspended = true) {
  cards.set(id, { suspended: suspended ? new Date().toISOString() : undefined })
}

// Note how the reader scored the answer to a question, "06" for instance: one of LEVELS.
export function score(number, level) {
  scores.put(number, byDay([...scores.get(number), [today(), level]]))
}

// Note where the reader is: on the page at `path`, at a step of its rehearsal if `at` says so.
export function keepPlace(path, at) {
  const title = document.querySelector("h1").firstChild.textContent
  const known = places.get("place")
  places.put("place", { page: path, title, at: at ?? (known.page == path ? known.at : 0) })
}

// What the reader must know of what is kept.
export const notice = () => [cards, plans, scores].map(shelf => shelf.notice()).find(Boolean) ?? ""
