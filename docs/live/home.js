// Home: the date of the interview and, once something was studied or a date is set, what there is to
// do today, where the reader stopped, and progress by question and topic. What it needs for these
// is loaded only then.

import { isDay, named, today } from "./days.js"
import { counted, fetched, make, say } from "./elements.js"
import { store } from "./store.js"
import { cards, notice, places, plan, plans, scores, setPlan } from "./study.js"
import { effective, nextDue, todays } from "./today.js"

const SITE = new URL("..", import.meta.url)
/** @param {string} path */
const at = path => new URL(path, SITE).href
/** @param {string} path @param {string} textContent */
const link = (path, textContent) => make("a", { href: at(path), textContent })
const shelves = [store, cards, plans, scores, places]
/** @param {string} id */
const exerciseOf = id => id.split("/")[1]

/** @param {Task[]} tasks */
const minutesOf = tasks => tasks.reduce((sum, task) => sum + task.minutes, 0)

/** @type {Home | undefined} */
let home

/** @param {Element} root */
export function mount(root) {
  home = new Home(root)
}

for (const shelf of shelves) shelf.addEventListener("change", () => home?.soon())

class Home {
  /** @type {Cards} */
  all = {}

  /** @param {Element} root */
  constructor(root) {
    /** @type {Field} */
    const field = (label, type, key, more) => {
      const input = make("input", { type, ...more, onchange: () => this.plan(key, input) })
      return [input, make("label", {}, label, " ", input)]
    }
    const [date, dateLabel] = field("Interview on", "date", "date")
    const [minutes, minutesLabel] = field("Minutes a day", "number", "minutes", { min: "5", max: "1440", step: "5" })
    const [fresh, freshLabel] = field("New cards a day", "number", "new", { min: "0", max: "1000" })
    this.inputs = { date, minutes, new: fresh }
    this.limits = [minutesLabel, freshLabel]
    this.why = make("span", { textContent: "and what to do each day stands here." })
    this.said = make("p", { className: "exercise-notice", role: "status" })
    this.list = make("div")
    this.root = root
    root.replaceChildren(make("div", { className: "today-plan" }, dateLabel, this.why, ...this.limits), this.said, this.list)
    this.render()
  }

  // An empty date is none; what is no number is as it was.
  /** @param {Setting} key @param {HTMLInputElement} input */
  plan(key, { value, valueAsNumber, validity }) {
    if (!validity.valid) return this.render()
    if (key == "date") setPlan({ date: isDay(value) ? value : undefined })
    else if (Number.isInteger(valueAsNumber)) setPlan({ [key]: valueAsNumber })
    else this.render()
  }

  soon() {
    if (!this.waiting) queueMicrotask(() => this.render())
    this.waiting = true
  }

  async render() {
    this.waiting = false
    if (!this.root.isConnected) return
    const now = plan()
    for (const [key, input] of Object.entries(this.inputs)) {
      const value = String(now[key] ?? "")
      if (input.value != value) input.value = value
    }
    const begun = shelves.some(shelf => shelf.names.length)
    for (const each of this.limits) each.hidden = !begun
    this.why.hidden = begun
    say(this.said, notice())
    if (!begun && !this.shown) return
    try {
      if (!this.shown) this.all = await (await fetched("cards.json")).json()
    } catch (error) {
      return say(this.said, `What there is to do could not be loaded: ${error.message}. Reload the page.`)
    }
    this.shown = true
    const records = cards.all()
    this.list.replaceChildren(...this.agenda(records), ...this.stopped())
    this.progress(records)
  }

  // Today

  /** @param {Records} records */
  agenda(records) {
    const now = plan()
    const day = today()
    const { tasks, fitting } = todays(this.all, records, now, day)
    const first = tasks.slice(0, fitting)
    const parts = []
    if (now.date) parts.push(now.date < day ? "The interview is over." : `The interview is ${named(now.date)}.`)
    if (!first.some(({ kind }) => kind != "read")) {
      const next = nextDue(this.all, records, now, day)
      parts.push(next ? `Nothing is due: the next card comes back ${named(next)}.` : "Nothing is due.")
    }
    if (first.length) parts.push(`Today, about ${minutesOf(first)} min:`)
    const later = tasks.slice(fitting)
    return [
      make("p", { textContent: parts.join(" ") }),
      ...(first.length ? [make("ul", {}, ...this.lines(first))] : []),
      ...(later.length ? [make("p", { textContent: "If you have time:" }), make("ul", {}, ...this.lines(later))] : []),
    ]
  }

  /** @param {Task[]} tasks */
  lines(tasks) {
    /** @param {string} kind */
    const of = kind => tasks.filter(task => task.kind == kind)
    /** @param {Task[]} some @param {Parts} parts */
    const line = (some, ...parts) => (some.length ? [make("li", {}, ...parts, `, ${minutesOf(some)} min`)] : [])
    const again = of("exercise").flatMap(({ id }, index) => [index ? ", " : "", make("code", { textContent: exerciseOf(id) })])
    return [
      ...line(of("review"), link("review/", `Review ${counted(of("review").length, "card")}`)),
      ...line(of("exercise"), link("review/", "Write again"), ": ", ...again),
      ...of("read").flatMap(task =>
        line([task], "Read and rehearse ", link(`${task.card.page}/`, `${task.card.number}. ${task.card.title}`)),
      ),
      ...line(of("new"), link("review/", counted(of("new").length, "new card"))),
    ]
  }

  stopped() {
    const { page, title, at } = places.get("place")
    if (!page) return []
    const step = at ? `, in its rehearsal, after ${counted(at, "answer")}` : ""
    return [make("p", {}, "Where you stopped: ", link(`${page}/`, title ?? page), `${step}.`)]
  }

  // Progress: a column of the table of questions, and a line for each topic

  /** @param {Records} records */
  progress(records) {
    const questions = Map.groupBy(Object.entries(this.all), ([, { page }]) => page)
    for (const table of document.querySelectorAll("article table")) {
      const rows = [...table.tBodies[0].rows]
      const asked = rows.map(row => questions.get(pageOf(row)) ?? [])
      if (!table.tHead || !asked.every(cards => cards.length)) continue
      cell(table.tHead.rows[0], "th").textContent = "Yours"
      rows.forEach((row, index) => (cell(row, "td").textContent = summary(asked[index], records)))
      const heading = (table.closest(".md-typeset__scrollwrap") ?? table).previousElementSibling
      if (heading) this.topic(heading, asked.flat(), records)
    }
  }

  /** @type {Topic} */
  topic(before, all, records) {
    const line = before.matches(".progress") ? before : make("p", { className: "progress" })
    if (line != before) before.after(line)
    const openings = all.filter(([, { kind }]) => kind == "opening")
    const [passed, exercises] = passedOf(all)
    const rehearsed = openings.filter(([id]) => records[id]?.reviews).length
    line.textContent = `${rehearsed} of ${counted(openings.length, "question")} rehearsed, ${passed} of ${counted(exercises, "exercise")} passed.`
  }
}

/** @param {Element} row */
const pageOf = row => {
  const href = row.querySelector("a")?.href ?? ""
  return href.startsWith(SITE.href) ? href.slice(SITE.href.length).replace(/\/$/, "") : ""
}

// Our cell of a row: behind the question, so that a phone shows it.
/** @param {HTMLTableRowElement} row @param {CellTag} tag */
function cell(row, tag) {
  const ours = row.querySelector(".yours")
  return ours ?? row.insertBefore(make(tag, { className: "yours" }), row.cells[2])
}

/** @param {CardEntry[]} all */
function passedOf(all) {
  const exercises = all.filter(([, { kind }]) => kind == "exercise")
  return [exercises.filter(([id]) => store.get(exerciseOf(id)).passed).length, exercises.length]
}

// "2 of 3 passed, solid, 4 due" of the cards of a question.
/** @param {CardEntry[]} all @param {Records} records */
function summary(all, records) {
  const [passed, exercises] = passedOf(all)
  const days = all.map(([id]) => records[id] && !records[id].suspended && effective(records[id], plan().date, today()))
  const due = days.filter(day => day && day <= today())
  const number = String(all[0][1].number).padStart(2, "0")
  const level = scores.get(number).at(-1)?.[1]
  const parts = [passed && `${passed} of ${exercises} passed`, level, due.length && `${due.length} due`]
  return parts.filter(Boolean).join(", ")
}
