// What a mock interview asks: drawn by a seed alone, so that a friend can be given the same. Weakness
// decides between seeds: of some, `weakest` takes the one whose mock asks most of what the reader does
// not know.
//
// Openings are shuffled, and taken from the front, one a topic. Of their exercises that run in the page
// and last at most half of the minutes, one is drawn, or of all if there are none. Follow-ups take what
// is left of the minutes, one a question in turn.
//
// `all` is cards.json. A mock: { minutes, seed, questions, exercise }; each question is a list of its
// opening and its follow-ups, cards with their `id`.

export const LENGTHS = [15, 30, 45]
export const OPENING = 3 // minutes
export const FOLLOW_UP = 2
export const SEEDS = 10_000
const TRIED = 64
// What the last rating of a card, or the last score of a question, says; nothing yet says 0.
const RATED = { 1: 2, 2: 1, 3: -1, 4: -2 }
const SCORED = { weak: 2, solid: -1, strong: -2 }

// A function that returns the next of a sequence of integers below 2^32.
// Source: Tommy Ettinger, mulberry32.c (2017), public domain.
function mulberry32(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

export function draw(all, minutes, seed) {
  const next = mulberry32(seed)
  const below = count => Math.floor((next() * count) / 2 ** 32)
  const shuffled = list => {
    const order = [...list]
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = below(i + 1)
      ;[order[i], order[j]] = [order[j], order[i]]
    }
    return order
  }
  const cards = Object.entries(all).map(([id, card]) => ({ id, ...card }))
  const followUps = number => cards.filter(card => card.kind == "follow-up" && card.number == number)

  const openings = shuffled(cards.filter(({ kind }) => kind == "opening"))
  const taken = ofManyTopics(openings, Math.floor(minutes / 15))
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
function ofManyTopics(openings, count) {
  const topics = openings.map(({ topic }) => topic)
  const isFirst = (_, index) => topics.indexOf(topics[index]) == index
  const first = openings.filter(isFirst)
  return [...first, ...openings.filter(card => !first.includes(card))].slice(0, count)
}

// How much a mock asks of what the reader does not know. `rated` and `scored` give what was last
// said of a card, by its id, and of a question, by its number in two digits.
function weakness({ questions, exercise }, rated, scored) {
  const ofCard = card => (card && RATED[rated(card.id)]) || 0
  const ofScore = card => SCORED[scored(card.id.split("/")[0])] || 0
  const sum = numbers => numbers.reduce((total, each) => total + each, 0)
  const ofQuestion = ([opening, ...others]) => 3 * (ofCard(opening) + ofScore(opening)) + sum(others.map(ofCard))
  return sum(questions.map(ofQuestion)) + 3 * ofCard(exercise)
}

// Of the mocks of these seeds the one that asks most of what is weak, the first if equal.
export function weakest(all, minutes, seeds, rated, scored) {
  const mocks = seeds.map(seed => draw(all, minutes, seed))
  const values = mocks.map(mock => weakness(mock, rated, scored))
  return mocks[values.indexOf(Math.max(...values))]
}

// Seeds to choose from, by chance.
export function someSeeds() {
  const seeds = new Set()
  while (seeds.size < TRIED) seeds.add(1 + Math.floor(Math.random() * (SEEDS - 1)))
  return [...seeds]
}
