// What there is to do today, from what was done. The order and the limits are told in
// tests/oracle_today.py, with which a test compares them.

import { number, plus } from "./days.js"

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

// What there is to do on a day.
/** @type {Todays} */
export function todays(all, records, plan, day) {
  /** @param {string} id */
  const reviewsOf = id => records[id]?.reviews ?? []
  const cards = Object.entries(all).filter(([id]) => !records[id]?.suspended)
  /** @param {string} kind */
  const ofKind = kind => cards.filter(([, card]) => card.kind == kind)
  /** @param {CardEntry} entry */
  const isNew = ([id]) => !reviewsOf(id).length
  /** @param {CardEntry[]} some */
  const begun = some => some.filter(([id]) => reviewsOf(id)[0]?.[0] == day).length

  const due = cards
    .map(([id, card]) => ({ id, card, back: effective(records[id] ?? {}, plan.date, day) ?? "" }))
    .filter(({ back }) => back && back <= day)
    .sort((a, b) => (a.back < b.back ? -1 : a.back > b.back ? 1 : 0)) // equals stay in order
    .map(({ id, card }) => ({ kind: card.kind == "exercise" ? "exercise" : "review", id, card, minutes: card.minutes }))

  const openings = ofKind("opening")
  const unread = openings.filter(isNew).sort(([, a], [, b]) => a.number - b.number)
  const begunReading = begun(openings)
  const left = plan.date && plan.date > day ? number(plan.date) - number(day) : 0
  const wanted = left ? Math.ceil((unread.length + begunReading) / left) : 1
  const read = unread
    .slice(0, Math.max(0, wanted - begunReading))
    .map(([id, card]) => ({ kind: "read", id, card, minutes: card.reading }))

  const reviewed = new Set(openings.filter(each => !isNew(each)).map(([, card]) => card.number))
  const followUps = ofKind("follow-up")
  const fresh = followUps
    .filter(each => isNew(each) && reviewed.has(each[1].number))
    .slice(0, Math.max(0, plan.new - begun(followUps)))
    .map(([id, card]) => ({ kind: "new", id, card, minutes: card.minutes }))

  const tasks = [...due, ...read, ...fresh]
  let minutes = 0
  let fitting = 0
  while (fitting < tasks.length && (minutes += tasks[fitting].minutes) <= plan.minutes) fitting += 1
  return { tasks, fitting }
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
