// What there is to do today, on each day until the interview, and what has no time; where the reader
// stopped. All of it is said of what plan.js returns.

import { named, nextDue, today } from "./days.js"
import { counted, make } from "./elements.js"
import { minutesOf, order, planned, until } from "./plan.js"
import { places, plan } from "./study.js"

const SITE = new URL("..", import.meta.url)
/** @param {string} path @param {string | Node} text */
const link = (path, text) => make("a", { href: new URL(path, SITE).href }, text)
/** @param {string} id */
const code = id => make("code", { textContent: id.split("/")[1] })
/** @param {Card} card */
const titleOf = ({ number, title }) => `${number}. ${title}`
/** @param {Parts} parts */
const inOne = parts => parts.flatMap((part, place) => (place ? [", ", part] : [part]))

const LEAVES = "A question leaves the list when the first card of its rehearsal is rated, an exercise when it passes."

/** @type {Agenda} */
export function agenda(all, records) {
  const now = plan()
  const day = today()
  const list = planned(all, records, now, day)
  const ahead = until(all, records, now, day)
  const parts = []
  if (now.date) parts.push(now.date < day ? "The interview is over." : `The interview is ${named(now.date)}.`)
  const over = list.minutes > now.minutes ? `, up to a tenth more than ${now.minutes}` : ""
  if (list.minutes) parts.push(`Today, ${list.minutes} min${over}:`)
  else {
    const next = nextDue(all, records, now, day)
    parts.push(next ? `Nothing more today: the next card comes back ${named(next)}.` : "Nothing more today.")
  }
  return [
    holds(all, now.track),
    make("p", { textContent: parts.join(" ") }),
    ...(list.minutes ? [make("ul", {}, ...lines(list))] : []),
    ...done(all, records, day),
    ...(list.tasks.some(({ kind }) => kind == "read") ? [make("p", { className: "today-holds", textContent: LEAVES })] : []),
    ...(list.waiting.length ? [make("p", {}, waits(list.waiting), ": ", link("review/", "if you have time"), ".")] : []),
    ...(ahead.days.length ? [schedule(ahead, day, now.date)] : []),
    ...(now.date && ahead.days.at(-1)?.day == now.date && ahead.waiting.length ? [left(ahead)] : []),
    ...stopped(),
  ]
}

// What was rated or passed today, so that it does not merely go from the list.
/** @param {Cards} all @param {Records} records @param {string} day */
function done(all, records, day) {
  const today = Object.entries(all).filter(([id]) => records[id]?.reviews?.at(-1)?.[0] == day)
  /** @param {string} kind */
  const of = kind => today.filter(([, card]) => card.kind == kind)
  const followUps = of("follow-up").length
  const parts = [
    ...of("opening").map(([, card]) => titleOf(card)),
    ...of("exercise").map(([id]) => code(id)),
    ...(followUps ? [counted(followUps, "follow-up")] : []),
  ]
  return parts.length ? [make("p", { className: "today-holds" }, "Done today: ", ...inOne(parts), ".")] : []
}

// What a track holds, by topic; all of them hold all.
/** @param {Cards} all @param {string} track */
function holds(all, track) {
  const topics = Map.groupBy(order(all, track), ({ card }) => card.topic)
  const parts = [...topics].map(([topic, pages]) => `${topic} ${pages.filter(({ held }) => held).length} of ${pages.length}`)
  const count = order(all, track).filter(({ held }) => held).length
  const said = track == "all" ? `of all ${topics.size} topics` : `in this track: ${parts.join(", ")}`
  return make("p", { className: "today-holds", textContent: `${counted(count, "question")} ${said}.` })
}

// The list of a day: cards, then what is read and written in turn, then what ends the day.
/** @param {Planned} day */
function lines({ tasks, mock, sheet }) {
  /** @param {string} kind */
  const of = kind => tasks.filter(task => task.kind == kind)
  /** @param {Pick<Task, "minutes">[]} some @param {Parts} parts */
  const line = (some, ...parts) => (minutesOf(some) ? [make("li", {}, ...parts, `, ${minutesOf(some)} min`)] : [])
  const asked = [...new Set(of("rehearse").map(({ card }) => titleOf(card)))].join(", ")
  return [
    ...line(of("review"), link("review/", `Review ${counted(of("review").length, "card")}`)),
    ...line(of("rehearse"), link("review/", `Rehearse ${counted(of("rehearse").length, "follow-up")}`), ` of ${asked}`),
    ...line(of("again"), link("review/", "Write again"), ": ", ...inOne(of("again").map(({ id }) => code(id)))),
    ...tasks.flatMap(task => {
      const { kind, id, card } = task
      if (kind == "read") return line([task], "Read, and say in thirty seconds, ", link(`${card.page}/`, titleOf(card)))
      if (kind == "write") return line([task], "Write ", link(`${card.page}/#exercise-${id.split("/")[1]}`, code(id)))
      return []
    }),
    ...line([{ minutes: mock }], link(`mock/?minutes=${mock}&seen`, "Mock interview")),
    ...line([{ minutes: sheet }], "Say aloud what fits of the ", link("cheat-sheet/", "cheat sheet")),
  ]
}

/** @param {Task[]} waiting */
function waits(waiting) {
  const exercises = waiting.filter(({ kind }) => kind == "again").length
  const some = [counted(waiting.length - exercises, "card"), counted(exercises, "exercise")].filter(each => !each.startsWith("0"))
  return `${some.join(" and ")} more came back, ${minutesOf(waiting)} min, and can wait`
}

/** @param {string} title @param {Node[]} parts */
const folded = (title, ...parts) => make("details", { className: "example" }, make("summary", { textContent: title }), ...parts)

// What is done on each day, in a line.
/** @param {Ahead} ahead @param {string} day @param {string} [date] */
function schedule({ days }, day, date) {
  /** @param {Planned[]} some @param {string} kind */
  const count = (some, kind) => some.flatMap(({ tasks }) => tasks).filter(task => task.kind == kind).length
  const mocks = days.filter(({ mock }) => mock).length
  const sums = [
    counted(count(days, "read"), "question"),
    counted(count(days, "write"), "exercise"),
    ...(mocks ? [counted(mocks, "mock interview")] : []),
  ]
  const items = days.map(each => {
    /** @param {string} kind */
    const of = kind => each.tasks.filter(task => task.kind == kind)
    const recalled = of("review").length + of("rehearse").length
    /** @type {[string, Parts][]} */
    const parts = [
      ["read ", of("read").map(({ card }) => link(`${card.page}/`, titleOf(card)))],
      ["write ", [...of("write"), ...of("again")].map(({ id }) => code(id))],
      ["", recalled ? [counted(recalled, "card")] : []],
      ["", each.mock ? ["mock interview"] : []],
      ["", each.sheet ? ["cheat sheet"] : []],
    ]
    const said = parts
      .filter(([, some]) => some.length)
      .flatMap(([verb, some], place) => [place ? "; " : "", verb, ...inOne(some)])
    const doing = said.length ? [`, ${each.minutes} min: `, ...said] : [": nothing more"]
    return make("li", {}, make("strong", { textContent: named(each.day, day) }), ...doing)
  })
  const title = days.at(-1)?.day == date ? "Until the interview" : `The next ${days.length} days`
  return folded(`${title}: ${sums.join(", ")}`, make("ul", {}, ...items))
}

// The questions of the track for which there is no time.
/** @param {Ahead} ahead */
function left({ days, waiting }) {
  const read = minutesOf(days.flatMap(({ tasks }) => tasks.filter(({ kind }) => kind == "read")))
  const more = minutesOf(waiting.map(({ card }) => ({ minutes: card.reading + card.minutes })))
  const count = days.flatMap(({ tasks }) => tasks.filter(({ kind }) => kind == "read")).length + waiting.length
  const title = `No time for ${waiting.length} of ${counted(count, "question")}: to read and say them all takes ${read + more} min, the plan has ${read}`
  return folded(title, make("p", {}, ...inOne(waiting.map(({ card }) => link(`${card.page}/`, titleOf(card)))), "."))
}

function stopped() {
  const { page, title, at } = places.get("place")
  if (!page) return []
  const step = at ? `, in its rehearsal, after ${counted(at, "answer")}` : ""
  return [make("p", {}, "Where you stopped: ", link(`${page}/`, title ?? page), `${step}.`)]
}
