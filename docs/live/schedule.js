// When a card comes back, as FSRS has it: whole days, no steps of learning, no chance. A test compares
// it with another implementation (tests/oracle_schedule.py). Loaded when a reader is about to rate.

import { createEmptyCard, fsrs } from "../vendor/ts-fsrs/ts-fsrs.js"

const scheduler = fsrs({
  request_retention: 0.9,
  maximum_interval: 365,
  enable_fuzz: false,
  learning_steps: [],
  relearning_steps: [],
})
/** @param {{ due: Date }} card */
const dayOf = card => card.due.toISOString().slice(0, 10)

/** @param {Review[]} history */
function replay(history) {
  let card = createEmptyCard(history.length ? new Date(history[0][0]) : new Date(0))
  for (const [day, rating] of history) card = scheduler.next(card, new Date(day), rating).card
  return card
}

// The day on which a card with this history comes back.
/** @param {Review[]} history */
export const due = history => dayOf(replay(history))

// The same for each of the four ratings, if it is given on `day`.
/** @param {Review[]} history @param {string} day */
export function choices(history, day) {
  const card = replay(history)
  return [1, 2, 3, 4].map(rating => dayOf(scheduler.next(card, new Date(day), rating).card))
}
