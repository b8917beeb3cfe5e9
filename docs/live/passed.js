// What a pass means: the program rates it, so that it comes back, and says what is next.

import { effective, isDay, named, today } from "./days.js"
import { fetched, make } from "./elements.js"
import { store } from "./store.js"
import { cards, list, plan, rate } from "./study.js"

const SITE = new URL("..", import.meta.url)
const AGAIN = 1
const HARD = 2
const GOOD = 3

// Note that an exercise is passed, and tell the reader: the verdict at once, then what is loaded.
/** @type {Concluded} */
export async function concluded(exercise, notes) {
  const { name } = exercise
  const { passed, again } = store.get(name)
  const [rating, how] = rated(store.get(name), exercise.entry.hints.length)
  store.set(name, { passed: passed ?? new Date().toISOString(), again: undefined })
  const id = `exercise/${name}`
  // To check once more what has passed shows nothing new.
  const counts = again || !cards.get(id).reviews?.length
  const verdict = `Passed${counts ? how : ""}${notes.length ? ", with a note" : ""}.`
  const told = make("p", {}, make("strong", { className: "right", textContent: verdict }))
  exercise.report.append(told, ...notes)
  if (counts) told.append(await comesBack(id, rating))
  exercise.report.append(await next(name))
}

// After a pass only what was shown since the reader began again counts against the next.
// `all` hints there are.
/** @type {(record: Practised, all?: number) => Passing} */
function rated({ passed, again, solution, hints }, all) {
  if (passed && !again) return [GOOD, ""]
  if (solution && (!passed || !again || Date.parse(solution) >= Date.parse(again))) return [AGAIN, " with the solution"]
  if (hints && all != null && hints >= all) return [HARD, " with all hints"]
  return [GOOD, ""]
}

// The review of an exercise that was passed on the command line, as if it had been passed here on that
// day. If it was begun again since, its hints are later ones.
/** @type {(record: Practised, all?: number) => Review} */
export function reviewOfPass({ passed = "", again, solution, hints }, all) {
  const then = today(new Date(passed))
  const before = solution && Date.parse(solution) <= Date.parse(passed) ? solution : undefined
  const [rating] = rated({ solution: before, hints: again ? undefined : hints }, all)
  return [isDay(then) && then < today() ? then : today(), rating]
}

/** @param {string} id @param {number} rating */
async function comesBack(id, rating) {
  try {
    const day = await rate(id, rating)
    return ` It comes back ${named(effective(cards.get(id), plan().date) ?? day)}.`
  } catch (error) {
    reportError(error)
    return ` When it comes back could not be worked out: ${error.message}. Pass it again from the stub to know.`
  }
}

// How much is passed, and what to go on with: an exercise of the same page or of the next, what is
// asked next, the list of the day.
/** @param {string} name */
async function next(name) {
  /** @type {Cards} */
  const known = await fetched("cards.json").then(
    answer => answer.json(),
    () => ({}),
  )
  const all = Object.entries(known).filter(([, card]) => card.kind == "exercise")
  const place = all.findIndex(([id]) => id == `exercise/${name}`)
  const asks = known[`exercise/${name}`]
  const paragraph = make("p")
  if (!asks) return paragraph
  /** @param {CardEntry} entry */
  const isPassed = ([id]) => store.get(id.split("/")[1]).passed
  const here = all.filter(([, { page }]) => page == asks.page)
  const inAll = `${all.filter(isPassed).length} of ${all.length} in all.`
  paragraph.append(`Passed of question ${asks.number}: ${here.filter(isPassed).length} of ${here.length}; ${inAll} Next: `)
  const others = [...here, ...all.slice(place), ...all.slice(0, place)]
  const following = others.find(each => !isPassed(each) && !each[1].shell)
  const asked = new URL(`${asks.page}/#they-will-ask-next`, SITE).href
  const onward = [
    ...(following ? [link(following)] : []),
    make("a", { href: asked, textContent: "what an interviewer asks next" }),
    ...list().map(href => make("a", { href, textContent: "your list of today" })),
  ]
  const last = onward.length - 1
  onward.forEach((each, at) => paragraph.append(...(at ? [at == last ? ", or " : ", "] : []), each))
  paragraph.append(".")
  return paragraph
}

// A link to an exercise; where it stands on this page, to its button.
/** @param {CardEntry} entry */
function link([id, { page }]) {
  const name = id.split("/")[1]
  const code = make("code", { textContent: name })
  const link = make("a", { href: new URL(`${page}/#exercise-${name}`, SITE).href }, code)
  link.onclick = event => {
    const button = document.querySelector(`[data-exercise="${name}"] button`)
    if (!button) return
    event.preventDefault()
    event.stopPropagation() // Material would go there all the same
    button.focus()
    button.scrollIntoView({ block: "center" })
  }
  return link
}
