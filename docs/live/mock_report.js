// The report of a mock interview: how long each step took, how it went, and what to read. It can be
// printed.

import { make } from "./elements.js"
import { clock, forget, total } from "./mock_state.js"
import { RATINGS, trackNamed } from "./study.js"

// What is shown after the last step.
/** @param {Interview} interview @param {Act} again */
export function report(interview, again) {
  const { deck, minutes, seed } = interview
  const state = interview.kept
  const { track } = state
  const time = total(state.spent)
  const over = time - minutes * 60_000
  const day = new Date(state.began ?? Date.now()).toLocaleDateString("en-GB", { dateStyle: "long" })
  const rows = deck.map((step, index) => ({ step, time: state.spent[index] ?? 0, how: outcome(step, state) }))
  // One link to a page is enough.
  const weak = rows.filter(
    ({ step, how }, index) => how.weak && !rows.slice(0, index).some(each => each.how.weak && each.step.href == step.href),
  )
  const address = new URL(location.pathname, location.href)
  address.search = `minutes=${minutes}&seed=${seed}&track=${track}`
  const asked = `${minutes} minutes, seed ${seed}, ${trackNamed(track)}`
  const newOne = interview.button("New interview", () => {
    forget()
    interview.close()
    again()
  })
  const toPrint = interview.button("Print", () => print())
  /** @param {CellTag} tag @param {string[]} texts */
  const cells = (tag, ...texts) => make("tr", {}, ...texts.map(text => make(tag, {}, text)))
  const table = make(
    "table",
    {},
    make("thead", {}, cells("th", "What", "Time", "How it went")),
    make("tbody", {}, ...rows.map(({ step, time, how }) => cells("td", step.text, clock(time), how.said))),
    make("tfoot", {}, cells("td", "Together", clock(time), over > 0 ? `${clock(over)} over` : `of ${minutes}:00`)),
  )
  const links = weak.map(({ step, how }) =>
    make("li", {}, make("a", { href: step.href, textContent: step.text }), ` (${how.said.split("\n")[0]})`),
  )
  return [
    make("h2", { textContent: "Report" }),
    make("p", { textContent: `Mock interview of ${asked}, ${day}.` }),
    make("div", { className: "md-typeset__scrollwrap" }, make("div", { className: "md-typeset__table" }, table)),
    make("h2", { textContent: "What to read" }),
    links.length ? make("ul", {}, ...links) : make("p", { textContent: "Nothing was weak." }),
    make(
      "p",
      { className: "mock-again" },
      "The same interview, for you or a friend: ",
      make("a", { href: address.href, textContent: asked }),
      ".",
    ),
    make("p", { className: "mock-done" }, toPrint, " ", newOne),
  ]
}

// How a step went, in words, and whether there is something to read.
/** @param {Step} step @param {Under} state */
function outcome({ id, kind, number = "" }, { rated, scored, passed, verdict }) {
  if (kind == "rubric") return { said: scored[number] ?? "not scored", weak: scored[number] == "weak" }
  if (kind == "exercise") return { said: passed ? "passed" : (verdict ?? "not passed"), weak: !passed }
  const rating = rated[id]
  return { said: RATINGS[rating] ?? "not rated", weak: rating <= 2 }
}
