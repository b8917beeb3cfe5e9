// What to do on a day, as a function of what there is to study, what the reader has done and the
// plan: nothing here reads a clock or keeps anything.
//
// A day is filled in turn with what is behind its share: a question to read, in `order`, of the
// next ones the first that fits; an exercise of a question that was read; cards, those that are
// due before follow-ups that are new. Every second day begins with an exercise, for some days have
// time for one thing only. Half-way to the interview and on its eve there is a mock interview. The
// eve and the day itself end with the cheat sheet and bring nothing new, unless the reader begins
// only then. What was done today counts, so that the list of a day that is begun is the rest of
// what it was. Exercises that no page can run are not listed, unless they were passed and come
// back.

import { effective, number, plus } from "./days.js"

const AGAIN = 1
const OVER = 1.1 // times the minutes, which a list never exceeds
const SHARES = { read: 10, write: 3, recall: 2 }
const LONG_DAY = 120 // minutes, from which on a mock interview takes 30, and not 15
const AHEAD = 90 // days that are looked at
const NEXT = 3 // questions, of which the first that fits is read
const LATER = 3 // places in the order, by which the second exercise of a question comes after the first

// How much a question matters in a track; 0 if it is not asked there.
/** @type {Importance} */
const importance = ({ importance }, track) => (track == "all" ? Math.max(...Object.values(importance)) : (importance[track] ?? 0))
/** @param {Pick<Task, "minutes">[]} tasks */
export const minutesOf = tasks => tasks.reduce((sum, { minutes }) => sum + minutes, 0)
// Rated better than again, or twice. After a mock interview that began with it, it is still to be read.
/** @param {Review[]} reviews */
const isRead = reviews => reviews.length > 1 || reviews[0]?.[1] > AGAIN

// The questions in the order in which to read them: what matters most in the track first; of that, core
// before advanced; of that, topics in turn, from the topic that matters most.
/** @type {InOrder} */
export function order(all, track) {
  const openings = Object.entries(all).filter(([, { kind }]) => kind == "opening")
  /** @type {Record<string, number[]>} */
  const ofTopic = {}
  for (const [, card] of openings) (ofTopic[card.topic] ??= []).push(importance(card, track))
  /** @param {string} topic */
  const mean = topic => ofTopic[topic].reduce((sum, each) => sum + each, 0) / ofTopic[topic].length
  /** @type {Record<string, number>} */
  const turns = {}
  const ranked = openings.map(([id, card]) => {
    const level = Number(card.level != "core")
    const group = `${importance(card, track)} ${level} ${card.topic}`
    const turn = (turns[group] = (turns[group] ?? 0) + 1)
    return { id, card, rank: [-importance(card, track), level, turn, -mean(card.topic), card.number] }
  })
  const differs = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.findIndex((each, place) => each != b[place])
  ranked.sort(({ rank: a }, { rank: b }) => a[differs(a, b)] - b[differs(a, b)])
  return ranked.map(({ id, card }) => ({ id, card, held: importance(card, track) > 0 }))
}

// What the reader did, seen on a day.
class Past {
  /** @param {Cards} all @param {Records} records @param {string} day */
  constructor(all, records, day) {
    this.records = records
    this.day = day
    this.cards = Object.entries(all).filter(([id]) => !records[id]?.suspended)
  }

  /** @param {string} id */
  reviews = id => this.records[id]?.reviews ?? []
  /** @param {string} id */
  before = id => this.reviews(id).filter(([then]) => then < this.day)
  /** @param {string} id */
  isToday = id => this.reviews(id).at(-1)?.[0] == this.day
  /** @param {string} id */
  rating = id => this.reviews(id).at(-1)?.[1] ?? 0

  // The numbers of the questions that were read, by these reviews.
  /** @param {Ordered[]} pages */
  read(pages, reviews = this.reviews) {
    return new Set(pages.filter(({ id }) => this.records[id]?.suspended || isRead(reviews(id))).map(({ card }) => card.number))
  }

  // The minutes of what was done today.
  get spent() {
    const spent = { read: 0, write: 0, recall: 0 }
    for (const [id, card] of this.cards.filter(([id]) => this.isToday(id))) {
      if (card.kind == "exercise") spent.write += card.minutes
      else if (card.kind == "opening" && !isRead(this.before(id))) spent.read += card.reading + card.minutes
      else spent.recall += card.minutes
    }
    return spent
  }

  // What was never reviewed, of a kind.
  /** @type {(kind: string, told: string, test: (entry: CardEntry) => unknown) => Task[]} */
  fresh(kind, told, test) {
    const found = this.cards.filter(entry => entry[1].kind == kind && !this.reviews(entry[0]).length && test(entry))
    return found.map(([id, card]) => ({ kind: told, id, card, minutes: card.minutes }))
  }

  // What came back by today, what has waited longest first.
  /** @param {string} date */
  due(date) {
    return this.cards
      .map(([id, card]) => ({ id, card, back: effective(this.records[id] ?? {}, date, this.day) ?? "" }))
      .filter(({ id, back }) => back && back <= this.day && !this.isToday(id))
      .sort((a, b) => Number(a.back > b.back) - Number(a.back < b.back)) // equals stay in order
      .map(({ id, card }) => ({ kind: card.kind == "exercise" ? "again" : "review", id, card, minutes: card.minutes }))
  }
}

// How much a day has room for, and what of it is taken by a mock interview, done or to be done.
/** @type {Frame} */
function frame({ date = "", since = "", mocked = "", minutes }, day) {
  const left = date < day ? Infinity : number(date) - number(day)
  const room = left ? minutes : Math.ceil(minutes / 2)
  const long = minutes < LONG_DAY ? 15 : 30
  const isHalfWay = since && left < Infinity && day >= plus(since, Math.floor((number(date) - number(since)) / 2))
  const asked = left == 1 ? mocked < day : left > 1 && isHalfWay && mocked < since
  return { left, room, mock: asked && long <= room * OVER ? long : 0, mocked: mocked == day ? long : 0 }
}

// What there is to do on a day.
/** @type {Day} */
export function planned(all, records, plan, day) {
  const { left, room, mock, mocked } = frame(plan, day)
  const past = new Past(all, records, day)
  const pages = order(all, plan.track)
  const place = new Map(pages.map(({ card }, place) => [card.number, place]))
  const placeOf = (/** @type {number} */ number) => place.get(number) ?? 0
  const read = past.read(pages)
  const readBefore = past.read(pages, past.before)
  const closing = left < 2 && readBefore.size > 0
  const questions = pages.filter(({ held }) => held).length
  const beside = Math.max(Math.floor(room * OVER) - mock - mocked, 0)
  const sheet = left < 2 ? Math.min(Math.ceil(questions / 2), Math.floor(room / 3), beside) : 0 // thirty seconds each

  const due = past.due(plan.date ?? "")
  const again = due.filter(({ kind }) => kind == "again")
  const review = due.filter(({ kind, card }) => kind == "review" && (card.kind != "opening" || read.has(card.number)))
  // Failed cards first; in the end, weaker cards before stronger ones.
  const known = (/** @type {Task} */ { id }) => (closing ? past.rating(id) : Number(past.rating(id) > AGAIN))
  review.sort((a, b) => known(a) - known(b))
  const rehearse = past
    .fresh("follow-up", "rehearse", ([, { number }]) => readBefore.has(number))
    .sort((a, b) => placeOf(a.card.number) - placeOf(b.card.number))
  const recall = [...review, ...rehearse]

  const toRead = pages
    .filter(({ id, card }) => !closing && !read.has(card.number) && !past.isToday(id))
    .map(({ id, card }) => ({ kind: "read", id, card, minutes: card.reading + card.minutes }))

  /** @type {Record<number, number>} */
  const counts = {}
  /** @type {Record<string, number>} */
  const ranks = {}
  for (const [id, { kind, number, shell }] of Object.entries(all)) {
    if (kind != "exercise" || shell) continue
    counts[number] = (counts[number] ?? -1) + 1
    ranks[id] = placeOf(number) + LATER * counts[number]
  }
  const exercises = past.fresh("exercise", "write", ([id]) => id in ranks).sort((a, b) => ranks[a.id] - ranks[b.id])
  // What was passed only with the solution, then what is new, then what came back.
  const toWrite = () => {
    const failed = again.filter(({ id }) => past.rating(id) == AGAIN)
    return closing ? [] : [...failed, ...exercises.filter(({ card }) => read.has(card.number)), ...again]
  }

  /** @type {Task[]} */
  const tasks = []
  const { spent } = past
  let total = spent.read + spent.write + spent.recall + mocked + mock + sheet
  const fits = (/** @type {Task} */ task) => total + task.minutes <= room * OVER
  const odd = (left < Infinity ? left : number(day)) % 2
  /** @type {Activity[]} */
  const kinds = odd ? ["read", "recall", "write"] : ["write", "read", "recall"]
  while (total < room) {
    const heads = { read: toRead.slice(0, NEXT).find(fits), write: toWrite().find(fits), recall: recall.find(fits) }
    const [kind] = kinds.filter(each => heads[each]).sort((a, b) => spent[a] / SHARES[a] - spent[b] / SHARES[b])
    const task = heads[kind]
    if (!task) break
    tasks.push(task)
    total += task.minutes
    spent[kind] += task.minutes
    if (kind == "read") read.add(task.card.number)
    for (const list of [toRead, exercises, again, recall]) if (list.includes(task)) list.splice(list.indexOf(task), 1)
  }
  const isRecalled = (/** @type {Task} */ { kind }) => kind == "review" || kind == "rehearse"
  return {
    tasks: [...tasks.filter(isRecalled), ...tasks.filter(task => !isRecalled(task))],
    mock,
    sheet,
    waiting: [...recall.filter(({ kind }) => kind == "review"), ...again],
    minutes: minutesOf(tasks) + mock + sheet,
  }
}

// The days until the interview, or the first of them, for a reader who does all that is listed and
// rates it good; and the questions of the track that remain to be read then.
/** @type {Until} */
export function until(all, records, plan, day) {
  const { date = "" } = plan
  const days = []
  let known = records
  let own = plan
  for (let each = day; each <= date && days.length < AHEAD; each = plus(each, 1)) {
    const list = planned(all, known, own, each)
    days.push({ day: each, ...list })
    const done = list.tasks.map(({ id }) => [id, passed(known[id], each)])
    known = { ...known, ...Object.fromEntries(done) }
    if (list.mock) own = { ...own, mocked: each }
  }
  const waiting = order(all, plan.track).filter(
    ({ id, held }) => held && !known[id]?.suspended && !isRead(known[id]?.reviews ?? []),
  )
  return { days, waiting }
}

// About when FSRS brings back what is good each time.
/** @type {Passed} */
function passed({ reviews = [] } = {}, day) {
  return { reviews: [...reviews, [day, 3]], due: plus(day, [2, 11, 46][reviews.length] ?? 160) }
}
