// A mock interview: questions and follow-ups aloud, one exercise in the editor, all under the
// clock, and a report. What is asked is drawn by mock_draw.js; a card is asked and rated as in a
// review; mock_state.js keeps what was done.

import { fetched, make, say } from "./elements.js"
import { Interview } from "./mock_interview.js"
import { LENGTHS, draw, someSeeds, weakest } from "./mock_draw.js"
import { begin, clock, kept, mocks, total } from "./mock_state.js"
import { stepsOf } from "./mock_steps.js"
import { cards, scores } from "./study.js"

let shown

export async function mount() {
  const root = document.querySelector(".mock")
  shown?.close()
  shown = null
  try {
    const all = await (await fetched("cards.json", { cache: "no-cache" })).json()
    if (!root.isConnected) return
    const state = kept()
    const last = state && draw(all, state.minutes, state.seed)
    if (last && stepsOf(last).length <= state.at) return await go(root, last)
    root.replaceChildren(...setup(root, all, last))
  } catch (error) {
    const again = make("button", { type: "button", className: "recall-button", textContent: "Try again", onclick: mount })
    root.replaceChildren(make("p", { role: "status", textContent: `The cards could not be loaded: ${error.message}. ` }), again)
    reportError(error)
  }
}

async function go(root, mock) {
  shown = new Interview(mock, { again: mount })
  root.replaceChildren(shown.root)
  await shown.run()
}

// What is asked before: to go on with the last, how long a new one is, and its seed.
function setup(root, all, last) {
  const asked = new URLSearchParams(location.search)
  const length = LENGTHS.find(each => String(each) == asked.get("minutes")) ?? 30
  const lengths = LENGTHS.map(minutes => {
    const input = make("input", { type: "radio", name: "minutes", value: minutes, checked: minutes == length })
    return make("label", {}, input, ` ${minutes} minutes`)
  })
  const seed = make("input", { type: "number", name: "seed", min: 0, max: 2 ** 32 - 1, step: 1, placeholder: "by weakness" })
  if (/^\d{1,10}$/.test(asked.get("seed") ?? "")) seed.value = asked.get("seed")
  const told = make("p", { className: "exercise-notice", role: "status", textContent: mocks.notice("mock") })
  const form = make(
    "form",
    { className: "mock-setup" },
    make("fieldset", {}, make("legend", { textContent: "How long?" }), ...lengths),
    make("label", {}, "Seed ", seed),
    make("button", { className: "recall-button", textContent: "Start the clock" }),
    told,
  )
  form.onsubmit = async event => {
    event.preventDefault()
    if (last && !confirm("One has not come to its end. Begin a new one, and drop its report?")) return
    const minutes = Number(form.elements.minutes.value)
    const mock = seed.value ? draw(all, minutes, seed.valueAsNumber) : byWeakness(all, minutes)
    begin(minutes, mock.seed)
    try {
      await go(root, mock)
    } catch (error) {
      say(told, `It could not be loaded: ${error.message}. Start again.`)
      root.replaceChildren(form)
      reportError(error)
    }
  }
  return last ? [unfinished(root, last), form] : [form]
}

function byWeakness(all, minutes) {
  const rated = id => cards.get(id).reviews?.at(-1)?.[1]
  const scored = number => scores.get(number).at(-1)?.[1]
  return weakest(all, minutes, someSeeds(), rated, scored)
}

function unfinished(root, mock) {
  const text = `An interview stands still at ${clock(total(kept().spent))} of ${mock.minutes}:00. `
  const button = make("button", { type: "button", className: "recall-button", textContent: "Go on" })
  button.onclick = () => go(root, mock)
  return make("p", { className: "mock-unfinished" }, text, button)
}
