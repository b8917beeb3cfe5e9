// One card after another: think aloud, reveal, rate. The pages that rehearse and review give the
// cards, and what is shown after the last.

import { effective, named, reviewsUpTo, today } from "./days.js"
import { Bar, make, say } from "./elements.js"
import { bigButton, countdown } from "./recall_parts.js"
import { store } from "./store.js"
import { RATINGS, cards, notice, plan, rate, schedule, suspend, undo } from "./study.js"

/** @param {string} word */
const title = word => word[0].toUpperCase() + word.slice(1)

// What Undo takes back after a reload: the last of this tab, if the browser keeps it.
const LAST = "answers.last."

/** @param {string} name @param {Rated} [result] */
function remember(name, result) {
  try {
    if (!result) return sessionStorage.removeItem(LAST + name)
    const { card, rating, count } = result
    sessionStorage.setItem(LAST + name, JSON.stringify({ id: card.id, rating, count }))
  } catch {}
}

/** @type {(name: string) => Last | undefined} */
function remembered(name) {
  try {
    const last = JSON.parse(sessionStorage.getItem(LAST + name))
    const { reviews = [], suspended } = cards.get(last.id)
    const rated = reviews.length == last.count && reviews.at(-1)?.[1] == last.rating
    if (last.rating == "suspended" ? suspended : rated) return last
  } catch {}
}

/** @template {Asked} [Card=Asked] */
export class Recall {
  root = make("section", { className: "recall" })
  /** @type {Rated<Card>[]} */
  results = [] // what Undo takes back
  #timer = 0

  /** @param {Deck<Card>} deck */
  constructor({ name, deck, found = () => {}, at = 0, ended, moved = () => {} }) {
    this.name = name
    this.deck = deck
    this.at = at
    this.ended = ended
    this.moved = moved
    const last = remembered(name)
    const card = last && found(last.id)
    if (card) this.results.push({ ...last, card, before: true })
    this.root.ariaLabel = name
    this.where = make("p", { className: "recall-where" })
    this.front = make("div", { className: "recall-front", tabIndex: -1, role: "group" })
    this.back = make("div", { className: "recall-back", tabIndex: -1, role: "group", ariaLabel: "Answer" })
    this.choices = make("div", { className: "recall-choices" })
    this.bar = new Bar(name)
    this.undo = this.bar.button("Undo", () => this.takeBack())
    this.suspend = this.bar.button("Suspend", () => this.putAway())
    this.undo.title = "Take the last rating back"
    this.suspend.title = "Leave this one out of reviews and rehearsals, until you resume it"
    this.notice = make("p", { className: "exercise-notice", role: "status" })
    this.root.append(this.where, this.front, this.back, this.choices, this.bar.root, this.notice)
    /** @param {KeyboardEvent} event */
    this.keys = event => this.press(event)
    document.addEventListener("keydown", this.keys)
    this.heard = () => this.hear()
    cards.addEventListener("change", this.heard)
  }

  get card() {
    return this.deck[this.at]
  }

  close() {
    clearInterval(this.#timer)
    document.removeEventListener("keydown", this.keys)
    cards.removeEventListener("change", this.heard)
    this.root.remove()
  }

  // Rated since it was put into the deck: an exercise here, by the program, or anything elsewhere.
  /** @param {Asked} card */
  isRated({ id, count }) {
    return count != null && (cards.get(id).reviews?.length ?? 0) > count
  }

  hear() {
    if (!this.root.isConnected) return this.close()
    const { card } = this
    if (!card?.passes || !this.isRated(card) || this.results.at(-1)?.card == card) return
    const { reviews = [] } = cards.get(card.id)
    this.note({ card, rating: reviews[reviews.length - 1][1], count: reviews.length })
    const next = this.button("Next", () => this.next(""))
    this.choices.replaceChildren(next)
    this.update()
  }

  // Space reveals, 1 to 4 rate, u takes back; but not where somebody writes.
  /** @param {KeyboardEvent} event */
  press(event) {
    const { key } = event
    const target = /** @type {Element} */ (event.target)
    if (!this.root.isConnected) return this.close()
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (target.closest("input, textarea, select, [contenteditable='true'], .md-search")) return
    if (key == "u" && this.results.length) this.undo.click()
    else if (key == " " && !this.revealed && this.reveal && !target.closest("button, a, summary")) this.reveal.click()
    else if (Object.hasOwn(RATINGS, key) && this.revealed) this.choices.querySelectorAll("button")[Number(key) - 1]?.click()
    else return
    event.preventDefault()
  }

  // Show the card at this place, or what comes after the last.
  async show({ revealed = false, focus = true } = {}) {
    clearInterval(this.#timer)
    this.revealed = false
    this.reveal = null
    this.bar.clock.textContent = ""
    this.choices.replaceChildren()
    this.back.replaceChildren()
    const { card, at } = this
    this.moved(at)
    this.update()
    if (!card) {
      say(this.where, "")
      this.front.ariaLabel = "The end"
      this.front.replaceChildren(...this.ended(this))
    } else {
      const asked = this.deck.filter(each => card.later || !each.later) // what can wait counts when it comes
      say(this.where, `${at + 1} of ${asked.length}. ${card.about}`)
      this.front.ariaLabel = "Question"
      const front = await card.front()
      if (card != this.card) return
      this.front.replaceChildren(front)
      if (card.passes) this.choices.replaceChildren(this.later())
      else {
        this.reveal = this.button("Reveal the answer", () => this.open())
        this.choices.replaceChildren(this.reveal)
        if (card.seconds) this.#timer = countdown(card.seconds, this.bar)
      }
    }
    if (revealed && card && !card.passes) await this.open()
    else if (focus) {
      this.front.focus({ preventScroll: true })
      if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView()
    }
    schedule().catch(() => {}) // needed when the answer is shown
  }

  async open() {
    const { card } = this
    const [back] = await Promise.all([card.back?.(), schedule()])
    if (card != this.card || this.revealed) return
    clearInterval(this.#timer)
    this.bar.clock.textContent = ""
    this.revealed = true
    this.reveal = null
    this.back.replaceChildren(back ?? "")
    if (card.href) this.back.append(make("p", {}, make("a", { href: card.href, textContent: "On its page" })))
    const { choices } = await schedule()
    const { reviews = [] } = cards.get(card.id)
    const day = today()
    const dues = choices(reviewsUpTo(reviews), day).map(
      (due, index) => effective({ reviews: [[day, index + 1]], due }, plan().date) ?? due,
    )
    const buttons = dues.map((due, index) => this.rating(index + 1, named(due, today(), 365)))
    this.choices.replaceChildren(...buttons)
    this.back.focus({ preventScroll: true })
    const intoView = () => this.back.scrollIntoView({ block: "nearest" })
    intoView()
    // A formula has another size until its font has come.
    document.fonts.ready.then(() => card == this.card && this.revealed && intoView())
  }

  /** @param {string} text @param {Act} act */
  button(text, act) {
    return bigButton(text, act, this.bar)
  }

  /** @param {number} rating @param {string} comes */
  rating(rating, comes) {
    const name = title(RATINGS[rating])
    const button = this.button(name, () => this.rate(rating))
    button.append(make("small", { textContent: comes }))
    button.ariaLabel = `${name}: comes back ${comes}`
    button.ariaKeyShortcuts = String(rating)
    return button
  }

  later() {
    return this.button("Later", () => this.next("Left for later."))
  }

  /** @param {number} rating */
  async rate(rating) {
    const { card } = this
    const due = await rate(card.id, rating)
    this.note({ card, rating, count: cards.get(card.id).reviews?.length })
    const comes = named(effective(cards.get(card.id), plan().date) ?? due)
    await this.next(`Rated ${RATINGS[rating]}: comes back ${comes}.`)
  }

  async putAway() {
    const { card } = this
    suspend(card.id)
    this.note({ card, rating: "suspended" })
    await this.next("Suspended: reviews and rehearsals leave it out. Undo takes that back.")
  }

  /** @param {Rated<Card>} result */
  note(result) {
    this.results.push(result)
    remember(this.name, result)
  }

  // What was rated stays from here on.
  settle() {
    this.results = []
    remember(this.name)
  }

  /** @param {string} told */
  async next(told) {
    do this.at += 1
    while (this.card && this.isRated(this.card))
    this.bar.say(told)
    await this.show()
  }

  async takeBack() {
    const last = this.results.at(-1)
    if (!last) return
    const { reviews = [] } = cards.get(last.card.id)
    if (last.rating == "suspended") suspend(last.card.id, false)
    else if (reviews.length == last.count) await undo(last.card.id)
    else return this.bar.say("It has been rated elsewhere since: that stays.")
    this.results.pop()
    remember(this.name, this.results.at(-1))
    const at = this.deck.findIndex(({ id }) => id == last.card.id)
    if (at < 0) this.deck.splice(this.at, 0, last.card)
    else this.at = at
    this.bar.say(`Taken back: ${last.rating == "suspended" ? last.rating : `rated ${RATINGS[last.rating]}`}.`)
    await this.show({ revealed: last.rating != "suspended" })
  }

  update() {
    this.undo.hidden = !this.results.length
    this.suspend.hidden = !this.card
    say(this.notice, notice() || (this.card?.passes ? store.notice(this.card.id.split("/")[1]) : ""))
  }
}
