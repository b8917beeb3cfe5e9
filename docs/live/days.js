// Days are the reader's, as "2026-12-01": they are compared as texts, and counted from 1970.

const DAY = 864e5 // ms

/** @param {string} day */
export const number = day => Date.parse(day) / DAY
/** @param {string} day @param {number} count */
export const plus = (day, count) => new Date(Date.parse(day) + count * DAY).toISOString().slice(0, 10)
/** @param {unknown} value */
export const isDay = value =>
  typeof value == "string" && /^\d{4}-\d\d-\d\d$/.test(value) && value >= "1970" && value < "9000" && exists(value)
/** @param {string} day */
const exists = day => !isNaN(Date.parse(day)) && plus(day, 0) == day

// The day on the reader's calendar.
export function today(now = new Date()) {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
  return parts.map(part => String(part).padStart(2, "0")).join("-")
}

// The reviews, none later than this day.
/** @param {Review[]} reviews @returns {Review[]} */
export const reviewsUpTo = (reviews, day = today()) => reviews.map(([then, rating]) => [then > day ? day : then, rating])

// How a day is named, seen from another: "tomorrow", "in 3 days", "on 12 January 2027".
/** @param {string} day */
export function named(day, from = today(), countedUpTo = 14) {
  const count = number(day) - number(from)
  if (count == 0) return "today"
  if (count == 1) return "tomorrow"
  if (count == -1) return "yesterday"
  if (count > 1 && count <= countedUpTo) return `in ${count} days`
  const date = new Date(day)
  return `on ${date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })}`
}

// The day on which a card comes back, if the interview is on `date`: at least once more before it,
// and not all on the last day. Nothing for a card without reviews. One that was reviewed after
// tomorrow comes on `day`.
/** @param {Studied} record @param {string} [date] @param {string} [day] */
export function effective({ reviews = [], due }, date, day) {
  const last = reviews.at(-1)?.[0]
  if (!last) return
  if (day && last > plus(day, 1)) return day
  const free = due ?? plus(last, 1) // what was damaged comes early
  if (!date || date <= last) return free
  const half = plus(last, Math.max(1, Math.floor((number(date) - number(last)) / 2)))
  return half < free ? half : free
}

// The next day after this one on which a card comes back.
/** @type {NextDue} */
export function nextDue(all, records, plan, day) {
  const known = Object.keys(all).filter(id => records[id] && !records[id].suspended)
  return known
    .map(id => effective(records[id], plan.date, day))
    .filter(back => back && back > day)
    .sort()[0]
}
