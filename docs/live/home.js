// Home: the plan, which is the date of the interview, the minutes a day and the track. Once it is set,
// or something was studied, agenda.js says what there is to do, and progress.js how far the reader is.

import { isDay, plus, today } from "./days.js"
import { fetched, load, make, say } from "./elements.js"
import { store } from "./store.js"
import { TRACKS, cards, notice, places, plan, plans, scores, setPlan } from "./study.js"

const shelves = [store, cards, plans, scores, places]
const THREE_EVENINGS = { days: 3, minutes: 100 }

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
    const [minutes, minutesLabel] = field("Minutes a day", "number", "minutes", { min: "20", max: "1440", step: "5" })
    this.inputs = { date, minutes }
    const evenings = make("button", {
      type: "button",
      className: "live-button",
      textContent: "Three evenings, 100 min each: what matters most",
    })
    evenings.onclick = () => {
      setPlan({ date: plus(today(), THREE_EVENINGS.days), minutes: THREE_EVENINGS.minutes })
      date.focus() // the button goes
    }
    this.evenings = make("span", {}, "or ", evenings)
    this.tracks = Object.entries(TRACKS).map(([track, name]) => {
      const input = make("input", { type: "radio", name: "track", value: track, onchange: () => setPlan({ track }) })
      return make("label", {}, input, make("span", { textContent: name }))
    })
    const legend = make("legend", { textContent: "Track" })
    const tracks = make("fieldset", { className: "tracks" }, legend, ...this.tracks)
    this.minutes = minutesLabel
    this.said = make("p", { className: "exercise-notice", role: "status" })
    this.list = make("div")
    this.root = root
    // Who has a plan has seen what a wrong answer is told.
    const shown = document.querySelector(".exercise:has(> .exercise-wrong)")
    if (plan().date) shown?.before(root)
    if (location.hash == `#${root.id}`) root.scrollIntoView()
    root.replaceChildren(
      make("div", { className: "today-plan" }, dateLabel, this.evenings, minutesLabel, tracks),
      this.said,
      this.list,
    )
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
    for (const label of this.tracks) {
      const input = label.querySelector("input")
      if (input) input.checked = input.value == now.track
    }
    const begun = shelves.some(shelf => shelf.names.length)
    this.minutes.hidden = !begun
    this.evenings.hidden = (now.date ?? "") >= today()
    say(this.said, notice())
    if (!begun && !this.agenda) return
    try {
      if (!this.agenda) {
        this.all = await (await fetched("cards.json")).json()
        /** @type {[typeof import("./agenda.js"), typeof import("./progress.js")]} */
        const [{ agenda }, { progress }] = await Promise.all([load("./agenda.js", "./plan.js"), load("./progress.js")])
        this.agenda = agenda
        this.progress = progress
      }
    } catch (error) {
      return say(this.said, `What there is to do could not be loaded: ${error.message}. Reload the page.`)
    }
    const records = cards.all()
    const open = [...this.list.querySelectorAll("details")].map(details => details.open)
    this.list.replaceChildren(...this.agenda(this.all, records))
    this.list.querySelectorAll("details").forEach((details, place) => (details.open = open[place] ?? false))
    this.progress?.(this.all, records)
  }
}
