// A mock interview while it goes on: the cards of a review, the rubric after each question, an
// exercise, and the clock, which can be paused and may run over.

import { make, say } from "./elements.js"
import { report } from "./mock_report.js"
import { clock, isElsewhere, keep, kept, mocks, total } from "./mock_state.js"
import { stepsOf } from "./mock_steps.js"
import { Recall } from "./recall.js"
import { LEVELS, keepMocked, score, trackNamed } from "./study.js"

const EVERY = 5000 // ms, in which the time is kept
const MINUTE = 60_000
const SOON = 5 // minutes before the end, when it is said that it comes

/** @extends {Recall<Step>} */
export class Interview extends Recall {
  paused = false
  before = 0
  /** @type {number | null} */
  #since = null // when the time began that is not yet kept

  /** @param {Mock} mock @param {{ again: Act }} then */
  constructor(mock, { again }) {
    const deck = stepsOf(mock)
    const at = Math.min(kept()?.at ?? 0, deck.length)
    super({
      name: "Mock interview",
      deck,
      // What comes later was not rated in this interview.
      found: id => deck.slice(0, at).find(card => card.id == id),
      at,
      ended: () => {
        keepMocked(this.kept.began)
        return report(this, again)
      },
      moved: at => this.move(at),
    })
    this.minutes = mock.minutes
    this.seed = mock.seed
    this.step = this.at
    this.time = make("p", { className: "mock-clock", ariaHidden: "true" })
    const drawn = trackNamed(this.kept.track)
    this.track = make("p", { className: "mock-track", textContent: drawn[0].toUpperCase() + drawn.slice(1) })
    this.root.prepend(this.track, this.time)
    this.pauses = this.bar.button("Pause", () => this.pause(!this.paused))
    this.ends = this.bar.button("End", () => this.end())
    this.leaving = () => this.pause(true)
    this.told = () => this.follow()
  }

  // Nothing only if it goes on elsewhere.
  get kept() {
    return /** @type {Under} */ (kept())
  }

  get isOver() {
    return !this.card
  }

  async run() {
    if (!this.isOver) {
      addEventListener("pagehide", this.leaving)
      mocks.addEventListener("change", this.told)
      keep({}) // in this tab
      this.#since = performance.now()
      this.before = total(this.kept.spent)
      this.ticking = setInterval(() => this.tick(), 500)
    }
    await this.show()
  }

  close() {
    clearInterval(this.ticking)
    removeEventListener("pagehide", this.leaving)
    mocks.removeEventListener("change", this.told)
    this.book()
    super.close()
  }

  // Time

  // Count what has passed since the last call to the step that is shown.
  book() {
    if (this.#since == null || isElsewhere()) return
    const now = performance.now()
    const known = this.kept.spent
    const spent = Array.from({ length: Math.max(known.length, this.step + 1) }, (_, i) => known[i] ?? 0)
    spent[this.step] += Math.round(now - this.#since)
    this.#since = now
    keep({ spent })
  }

  tick() {
    if (!this.root.isConnected) return this.close()
    if (this.#since == null || isElsewhere()) return
    if (performance.now() - this.#since > EVERY) this.book()
    const { spent } = this.kept
    const running = performance.now() - this.#since
    const time = total(spent) + running
    const here = (spent[this.step] ?? 0) + running
    const whole = this.minutes * MINUTE
    const over = time > whole ? `, ${clock(time - whole)} over` : ""
    const own = this.card?.minutes ? `; this one ${clock(here)} of ${this.card.minutes}:00` : ""
    say(this.time, `${clock(time)} of ${this.minutes}:00${over}${own}`)
    this.time.classList.toggle("wrong", time > whole)
    const comes = (/** @type {number} */ at) => this.before < at && time >= at
    if (comes(whole - SOON * MINUTE)) this.bar.say(`${SOON} minutes are left.`)
    if (comes(whole)) this.bar.say("The time is up. Go on if you like: the report says how much it was over.")
    this.before = time
  }

  /** @param {number} at */
  move(at) {
    if (this.#since == null) return
    this.book()
    this.step = at
    keep({ at })
  }

  /** @param {boolean} paused */
  pause(paused, why = "The clock stands still.") {
    this.book()
    this.#since = paused ? null : performance.now()
    this.paused = paused
    this.bar.rename(this.pauses, paused ? "Go on" : "Pause")
    this.bar.say(paused ? why : "")
    this.update()
    if (!paused) this.front.focus({ preventScroll: true })
  }

  // Another tab goes on with it.
  follow() {
    if (this.#since == null || !isElsewhere()) return
    this.pause(true, "It goes on in another tab, or was cleared there. Reload this page to see.")
    this.pauses.hidden = true
    this.ends.hidden = true
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (!this.paused) super.press(event)
  }

  // Steps

  /** @param {Showing} [options] */
  async show(options) {
    await super.show(options)
    const { card } = this
    if (card?.kind == "rubric") this.toScore(card)
    else if (card?.passes && this.kept.passed) this.choices.replaceChildren(this.button("Next", () => this.next("")))
    this.update()
  }

  update() {
    super.update()
    const { card, paused, isOver } = this
    for (const part of [this.front, this.back, this.choices]) part.hidden = paused
    if (paused || isOver) this.undo.hidden = true
    if (paused || card?.kind != "follow-up") this.suspend.hidden = true
    for (const part of [this.track, this.time, this.pauses, this.ends]) part.hidden ||= isOver
    if (isOver) {
      this.#since = null
      clearInterval(this.ticking)
    }
    if (!this.notice.textContent) say(this.notice, mocks.notice("mock"))
  }

  /** @param {Step} step */
  toScore({ number = "" }) {
    this.reveal = null
    this.revealed = true // so that 1 to 3 choose
    const buttons = LEVELS.map(level =>
      this.button(level[0].toUpperCase() + level.slice(1), async () => {
        score(number, level)
        keep({ scored: { ...this.kept.scored, [number]: level } })
        this.settle()
        await this.next(`Scored ${level}.`)
      }),
    )
    this.choices.replaceChildren(...buttons)
  }

  /** @param {number} rating */
  async rate(rating) {
    const { id } = this.card
    await super.rate(rating)
    keep({ rated: { ...this.kept.rated, [id]: rating } })
  }

  async takeBack() {
    const last = this.results.at(-1)
    await super.takeBack()
    if (!last || this.results.at(-1) == last) return
    const { [last.card.id]: _, ...rated } = this.kept.rated
    keep({ rated })
  }

  hear() {
    super.hear()
    const { card } = this
    if (card?.passes && this.results.at(-1)?.card == card) keep({ passed: true, verdict: undefined })
  }

  // An exercise can be left.
  later() {
    return this.button("Give it up", () => this.next(""))
  }

  /** @param {string} told */
  async next(told) {
    if (this.card.passes && !this.kept.passed) {
      const [verdict] = this.front.querySelectorAll(".exercise-report > [role=status]")
      keep({ verdict: verdict?.innerText.trim().slice(0, 1000) || undefined })
    }
    await super.next(told)
  }

  async end() {
    if (!confirm("End the interview here, and see the report?")) return
    if (this.paused) this.pause(false)
    if (this.card.passes) return this.next("")
    this.at = this.deck.length
    await this.show()
  }
}
