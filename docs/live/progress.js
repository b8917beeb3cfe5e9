// How far the reader is: under the heading of each topic on home, and behind each question.

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
  for (const topic of document.querySelectorAll(".topic")) {
    const items = [...topic.querySelectorAll("li")]
    const asked = items.map(item => questions.get(pageOf(item)) ?? [])
    items.forEach((item, index) => (child(item, "span", "yours").textContent = summary(asked[index], records)))
    const line = child(topic, "p", "progress")
    topic.querySelector("h3")?.after(line)
    line.replaceChildren(...done(asked.flat(), records))
  }
}

// What is done of a topic, as a bar and in words.
/** @type {Topic} */
function done(all, records) {
  const openings = all.filter(([, { kind }]) => kind == "opening")
  const [passed, exercises] = passedOf(all)
  const rehearsed = openings.filter(([id]) => records[id]?.reviews).length
  const bar = make("progress", { max: openings.length + exercises, value: rehearsed + passed, ariaHidden: "true" })
  const questions = `${rehearsed} of ${counted(openings.length, "question")} rehearsed`
  return [bar, `${questions}, ${passed} of ${counted(exercises, "exercise")} passed.`]
}

/** @param {Element} item */
const pageOf = item => {
  const href = item.querySelector("a")?.href ?? ""
  return href.startsWith(SITE.href) ? href.slice(SITE.href.length).replace(/\/$/, "") : ""
}

// Our part of an element, which is made once.
/** @param {Element} parent @param {"p" | "span"} tag @param {string} className */
function child(parent, tag, className) {
  return parent.querySelector(`.${className}`) ?? parent.appendChild(make(tag, { className }))
}

/** @param {CardEntry[]} all */
function passedOf(all) {
  const exercises = all.filter(([, { kind }]) => kind == "exercise")
  return [exercises.filter(([id]) => store.get(exerciseOf(id)).passed).length, exercises.length]
}

// "2 of 3 passed, solid, 4 due" of the cards of a question, and whether the track does not ask it.
/** @param {CardEntry[]} all @param {Records} records */
function summary(all, records) {
  const [passed, exercises] = passedOf(all)
  const days = all.map(([id]) => records[id] && !records[id].suspended && effective(records[id], plan().date, today()))
  const due = days.filter(day => day && day <= today())
  const { track } = plan()
  const outside = track != "all" && !all.some(([, { importance }]) => importance?.[track])
  const number = String(all[0]?.[1].number ?? "").padStart(2, "0")
  const level = scores.get(number).at(-1)?.[1]
  const parts = [
    outside && "outside your track",
    passed && `${passed} of ${exercises} passed`,
    level,
    due.length && `${due.length} due`,
  ]
  return parts.filter(Boolean).join(", ")
}
