// The cards that are due, one at a time. What is asked and answered is taken from the pages.

import { named, nextDue, today } from "./days.js"
import { fetched, make } from "./elements.js"
import { mountAgain } from "./exercise_buttons.js"
import { address, cardsOf, exerciseOf, fetchPage } from "./page_cards.js"
import { Recall } from "./recall.js"
import { putAway, unloaded } from "./recall_parts.js"
import { order, planned } from "./plan.js"
import { cards, plan } from "./study.js"

const AHEAD = 2 // pages that are fetched before they are asked for
const SECONDS = 30
const ASKED = ["review", "rehearse", "again"] // of the day's tasks; the rest is done elsewhere

/** @type {Recall | undefined} */
let shown

/** @param {Element} root */
export async function mount(root) {
  shown?.close()
  try {
    /** @type {Cards} */
    const all = await (await fetched("cards.json")).json()
    if (!root.isConnected) return
    const { tasks, waiting } = planned(all, cards.all(), plan(), today())
    const asked = [...tasks.filter(({ kind }) => ASKED.includes(kind)), ...waiting.map(task => ({ ...task, later: true }))]
    const deck = asked.map(card)
    shown = new Recall({
      name: "Review",
      deck,
      found: id => Object.hasOwn(all, id) && card({ id, kind: all[id].kind, card: all[id] }),
      moved: at => prefetch(deck, at),
      ended: recall => ended(recall, all),
    })
    root.replaceChildren(shown.root)
    await shown.show({ focus: false })
  } catch (error) {
    unloaded(root, error)
  }
}

// A card of today's list, as Recall wants it.
/** @param {Reviewed} task */
function card({ id, kind, card: { page, number, title, question, shell }, later }) {
  const about = `Question ${number}, ${title}${kind == "rehearse" ? ", new" : ""}.${later ? " If you have time." : ""}`
  const count = cards.get(id).reviews?.length ?? 0
  const isExercise = id.startsWith("exercise/")
  const name = id.split("/")[1]
  const found = async () => cardsOf(await fetchPage(page), page).get(id)
  const words = () => make("p", { textContent: question })
  const exercise = async () => {
    const place = exerciseOf(await fetchPage(page), name)
    if (!shell) mountAgain(place)
    return make("div", {}, make("p", { textContent: "Write it again, from the stub." }), place)
  }
  return {
    id,
    about,
    later,
    count,
    page,
    passes: isExercise && !shell,
    seconds: name == "opening" ? SECONDS : 0,
    href: `${address(page)}${name == "opening" ? "" : `#${isExercise ? "exercise" : "ask"}-${name}`}`,
    front: isExercise ? exercise : async () => (await found())?.front() ?? words(),
    // What needs PyTorch is passed on the command line, which keeps no cards: the reader rates it.
    back: async () =>
      isExercise ? make("p", { textContent: "Passed, on the command line? Rate how it went." }) : (await found())?.back(),
  }
}

// The page of this card, then the next ones: one after the other, so that none waits for a later.
/** @param {{ page: string }[]} deck @param {number} at */
async function prefetch(deck, at) {
  const next = [...new Set(deck.slice(at).map(({ page }) => page))].slice(0, 1 + AHEAD)
  for (const page of next) await fetchPage(page).catch(() => {})
}

// After the last card, or if there is none.
/** @param {Recall} recall @param {Cards} all */
function ended(recall, all) {
  const done = recall.results.filter(({ before }) => !before).length
  const told = done ? `Done: ${done} rated or suspended.` : "Nothing is due."
  const known = Object.keys(all).some(id => cards.get(id).reviews)
  const next = nextDue(all, cards.all(), plan(), today())
  const unread = order(all, plan().track).find(({ id }) => !cards.get(id).reviews)
  const parts = [make("h2", { textContent: told })]
  if (next) parts.push(make("p", { textContent: `The next card comes back ${named(next)}.` }))
  if (!known) parts.push(make("p", { textContent: "Cards come from rehearsing a question, and from passing an exercise." }))
  if (unread) {
    const { page, number, title } = unread.card
    const link = make("a", { href: address(page).href, textContent: `question ${number}, ${title}` })
    parts.push(make("p", {}, "A question that you have not rehearsed: ", link, "."))
  }
  const away = Object.entries(all).filter(([id]) => cards.get(id).suspended)
  return [
    ...parts,
    ...putAway(
      recall,
      away.map(([id, { question }]) => [id, question]),
    ),
  ]
}
