// What a mock interview asks: drawn by a seed alone, so that a friend can be given the same. Weakness
// decides between seeds: of some, `weakest` takes the one whose mock asks most of what the reader does
// not know, and if asked to, one of questions that the reader has seen.
//
// Openings are shuffled, and taken from the front, one a topic. Of their exercises that run in the page
// and last at most half of the minutes, one is drawn, or of all if there are none. Follow-ups take what
// is left of the minutes, one a question in turn.

export const LENGTHS = [15, 30, 45]
export const QUESTION = 15 // minutes for each, a share of the exercise with it
export const OPENING = 3 // minutes
export const FOLLOW_UP = 2
export const SEEDS = 10_000
const TRIED = 256
// What the last rating of a card, or the last score of a question, says; nothing yet says 0.
/** @type {{ [rating: number]: number }} */
const RATED = { 1: 2, 2: 1, 3: -1, 4: -2 }
/** @type {{ [level: string]: number }} */
const SCORED = { weak: 2, solid: -1, strong: -2 }
export const UNSEEN = -100 // of a question, below all that can be said of one that was seen

// A function that returns the next of a sequence of integers below 2^32.
// Source: Tommy Ettinger, mulberry32.c (2017), public domain.
/** @param {number} seed */
function mulberry32(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

// The cards of the questions that a track asks.
/** @param {Cards} all @param {string} track @returns {Cards} */
export function ofTrack(all, track) {
  const entries = Object.entries(all)
  const asked = entries.filter(([, { kind, importance }]) => kind == "opening" && (track == "all" || track in importance))
  const numbers = new Set(asked.map(([, { number }]) => number))
  return Object.fromEntries(entries.filter(([, { number }]) => numbers.has(number)))
}

/** @type {Draw} */
export function draw(all, minutes, seed) {
  const next = mulberry32(seed)
  const below = (/** @type {number} */ count) => Math.floor((next() * count) / 2 ** 32)
  /** @param {Drawn[]} list */
  const shuffled = list => {
    const order = [...list]
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = below(i + 1)
      ;[order[i], order[j]] = [order[j], order[i]]
    }
    return order
  }
  const cards = Object.entries(all).map(([id, card]) => ({ id, ...card }))
  const followUps = (/** @type {number} */ number) => cards.filter(card => card.kind == "follow-up" && card.number == number)

  const openings = shuffled(cards.filter(({ kind }) => kind == "opening"))
  const taken = ofManyTopics(openings, Math.floor(minutes / QUESTION))
  const numbers = taken.map(({ number }) => number)
  const most = Math.floor(minutes / 2)
  const fitting = cards.filter(card => card.kind == "exercise" && !card.shell && card.minutes <= most)
  const theirs = fitting.filter(({ number }) => numbers.includes(number))
  const candidates = theirs.length ? theirs : fitting
  const exercise = candidates.length ? candidates[below(candidates.length)] : null

  const left = minutes - OPENING * taken.length - (exercise?.minutes ?? 0)
  const waiting = numbers.map(number => shuffled(followUps(number)))
  const turns = Array.from({ length: Math.max(...waiting.map(list => list.length)) }, (_, place) =>
    waiting.flatMap(list => list.slice(place, place + 1)),
  ).flat()
  const asked = new Set(turns.slice(0, Math.max(0, Math.floor(left / FOLLOW_UP))))
  const questions = taken.map(opening => [opening, ...followUps(opening.number).filter(card => asked.has(card))])
  return { minutes, seed, questions, exercise }
}

// The first of each topic, and if they do not suffice the first of the rest.
/** @param {Drawn[]} openings @param {number} count */
function ofManyTopics(openings, count) {
  const topics = openings.map(({ topic }) => topic)
  const first = openings.filter(({ topic }, index) => topics.indexOf(topic) == index)
  return [...first, ...openings.filter(card => !first.includes(card))].slice(0, count)
}

// How much a mock asks of what the reader does not know.
/** @type {Weakness} */
function weakness({ questions, exercise }, rated, scored, unseen) {
  const ofCard = (/** @type {Drawn | null} */ card) => (card && RATED[rated(card.id) ?? 0]) || 0
  const ofScore = (/** @type {Drawn} */ card) => SCORED[scored(card.id.split("/")[0]) ?? ""] || 0
  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, each) => total + each, 0)
  const ofOpening = (/** @type {Drawn} */ card) => 3 * (ofCard(card) + ofScore(card)) + (rated(card.id) ? 0 : unseen)
  const ofQuestions = questions.map(([opening, ...others]) => ofOpening(opening) + sum(others.map(ofCard)))
  return sum(ofQuestions) + 3 * ofCard(exercise)
}

// Of the mocks of these seeds the one that asks most of what is weak, the first if equal.
/** @type {Weakest} */
export function weakest(all, minutes, seeds, rated, scored, unseen = 0) {
  const mocks = seeds.map(seed => draw(all, minutes, seed))
  const values = mocks.map(mock => weakness(mock, rated, scored, unseen))
  return mocks[values.indexOf(Math.max(...values))]
}

// Seeds to choose from, by chance.
export function someSeeds() {
  /** @type {Set<number>} */
  const seeds = new Set()
  while (seeds.size < TRIED) seeds.add(1 + Math.floor(Math.random() * (SEEDS - 1)))
  return [...seeds]
}
