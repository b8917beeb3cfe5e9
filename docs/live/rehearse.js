// Rehearse a question on its page: its answers are hidden, thirty seconds to say the first of them
// are counted, the follow-ups come one at a time, and at the end the reader scores the whole.
// Each rating is kept at once; where the reader stopped is kept too, and the next press goes on.

import { today } from "./days.js"
import { make } from "./elements.js"
import { cardsOf, numberOf, pathOf, rubricOf } from "./page_cards.js"
import { Recall } from "./recall.js"
import { putAway } from "./recall_parts.js"
import { LEVELS, RATINGS, cards, keepPlace, list, places, score, scores } from "./study.js"

const SECONDS = 30
/** @param {Event} event */
const targetOf = event => /** @type {Element} */ (event.target)

/** @param {Element} root @param {Element} button */
export async function rehearse(root, button) {
  const rehearsal = new Rehearsal(root, button)
  await rehearsal.recall.show()
}

class Rehearsal {
  here = new AbortController()
  scrolled = scrollY

  /** @param {Element} root @param {Element} button */
  constructor(root, button) {
    const path = pathOf(location.href)
    this.button = button
    this.number = numberOf(path) ?? ""
    this.article = /** @type {Element} */ (root.closest("article"))
    this.rubric = rubricOf(document, path)
    this.all = cardsOf(document, path)
    const all = [...this.all].map(([id, card], step) => {
      const opening = id.endsWith("/opening")
      const about = opening ? "Say aloud what you would say first." : "They ask next. Answer aloud."
      return { id, step, about, ...card, href: "", seconds: opening ? SECONDS : 0 }
    })
    const deck = all.filter(({ id }) => !cards.get(id).suspended)
    const { page, at = 0 } = places.get("place")
    /** @type {Recall} */
    this.recall = new Recall({
      name: "Rehearsal",
      deck,
      found: card => all.find(({ id }) => id == card),
      at: page == path ? deck.filter(({ step }) => step < at).length : 0,
      ended: () => (this.scored ? this.summary() : this.toScore()),
      moved: at => keepPlace(path, deck[at]?.step ?? (this.scored ? 0 : all.length)),
    })
    if (this.recall.at) {
      const again = this.recall.bar.button("From the start", () => {
        this.recall.at = 0
        again.hidden = true
        return this.recall.show()
      })
      this.recall.bar.say("You go on where you stopped.")
    }
    this.recall.bar.button("Leave", () => this.leave())
    this.open()
  }

  // The page is hidden, not changed: it comes back as it was.
  open() {
    this.article.classList.add("rehearsing")
    this.article.querySelector("h1")?.after(this.recall.root)
    /** @type {Listen} */
    const listen = (type, act) => addEventListener(type, act, { signal: this.here.signal, capture: true })
    listen("keydown", event => {
      if (!this.recall.root.isConnected) this.here.abort()
      else if (event.key == "Escape" && !targetOf(event).closest(".md-search")) this.leave()
    })
    // A link to a place of the page leads there.
    listen("click", event => {
      const link = targetOf(event).closest?.("a[href*='#']")
      if (link && link.pathname == location.pathname) this.leave({ back: false })
    })
    scrollTo(0, 0)
  }

  leave({ back = true } = {}) {
    this.here.abort()
    this.recall.close()
    this.article.classList.remove("rehearsing")
    if (!back) return
    scrollTo(0, this.scrolled)
    this.button.focus({ preventScroll: true })
  }

  // The end

  toScore() {
    const levels = LEVELS.map((level, index) => {
      const button = this.recall.button(level[0].toUpperCase() + level.slice(1), () => {
        score(this.number, level)
        this.scored = level
        return this.recall.show()
      })
      return make("li", {}, button, this.rubric[index].cloneNode(true))
    })
    const ask = make("p", { textContent: "How was the answer as a whole? Take the level whose signs you showed." })
    return [make("h2", { textContent: "Score yourself" }), ask, make("ul", { className: "recall-rubric" }, ...levels)]
  }

  summary() {
    // 3, good, if it was not rated today.
    const ratedToday = (/** @type {string} */ id) => cards.get(id).reviews?.findLast(([day]) => day == today())?.[1] ?? 3
    const weak = [...this.all].filter(([id]) => ratedToday(id) <= 2)
    const earlier = scores.get(this.number).length - 1
    const said = `You scored this answer as ${this.scored}.`
    const before = earlier
      ? ` Before that: ${scores
          .get(this.number)
          .slice(0, -1)
          .map(([, level]) => level)
          .join(", ")}.`
      : ""
    const links = weak.map(([id, { front, href }]) => {
      const link = make("a", { href, textContent: this.asked(id, front) })
      return make("li", {}, link, ` (${RATINGS[ratedToday(id)]})`)
    })
    const none = make("p", { textContent: "Nothing was weak: all was good or easy." })
    return [
      make("h2", { textContent: "What was weak" }),
      weak.length ? make("ul", {}, ...links) : none,
      make("p", { textContent: said + before }),
      ...this.suspended(),
      make(
        "p",
        {},
        "Then ",
        make("a", { href: "#practise", textContent: "write it" }),
        ...list().flatMap(href => [", go to ", make("a", { href, textContent: "your list of today" })]),
        ", or ",
        this.done(),
      ),
    ]
  }

  done() {
    return this.recall.button("Back to the page", () => this.leave())
  }

  /** @param {string} id @param {Sides["front"]} front */
  asked(id, front) {
    return id.endsWith("/opening") ? "What to say first" : front().textContent.trim()
  }

  suspended() {
    const away = [...this.all].filter(([id]) => cards.get(id).suspended)
    return putAway(
      this.recall,
      away.map(([id, { front }]) => [id, this.asked(id, front)]),
    )
  }
}
