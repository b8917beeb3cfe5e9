// How far the reader is: a column of each table of questions on home, and a line above it.

import { effective, today } from "./days.js"
import { counted, make } from "./elements.js"
import { store } from "./store.js"
import { plan, scores } from "./study.js"

const SITE = new URL("..", import.meta.url)
/** @param {string} id */
const exerciseOf = id => id.split("/")[1]

/** @type {Progress} */
export function progress(all, records) {
  const questions = Map.groupBy(Object.entries(all), ([, { page }]) => page)
  for (const table of document.querySelectorAll("article table")) {
    const rows = [...table.tBodies[0].rows]
    const asked = rows.map(row => questions.get(pageOf(row)) ?? [])
    if (!table.tHead || !asked.every(cards => cards.length)) continue
    cell(table.tHead.rows[0], "th").textContent = "Yours"
    rows.forEach((row, index) => (cell(row, "td").textContent = summary(asked[index], records)))
    const heading = (table.closest(".md-typeset__scrollwrap") ?? table).previousElementSibling
    if (heading) line(heading, asked.flat(), records)
  }
}

/** @type {Topic} */
function line(before, all, records) {
  const place = before.matches(".progress") ? before : make("p", { className: "progress" })
  if (place != before) before.after(place)
  const openings = all.filter(([, { kind }]) => kind == "opening")
  const [passed, exercises] = passedOf(all)
  const rehearsed = openings.filter(([id]) => records[id]?.reviews).length
  place.textContent = `${rehearsed} of ${counted(openings.length, "question")} rehearsed, ${passed} of ${counted(exercises, "exercise")} passed.`
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
