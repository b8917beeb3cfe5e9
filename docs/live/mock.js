// A mock interview: questions and follow-ups aloud, one exercise in the editor, all under the
// clock, and a report. What is asked is drawn by mock_draw.js; a card is asked and rated as in a
// review; mock_state.js keeps what was done.

import { today } from "./days.js"
import { counted, fetched, make, radios, say } from "./elements.js"
import { Interview } from "./mock_interview.js"
import { LENGTHS, QUESTION, UNSEEN, draw, ofTrack, someSeeds, weakest } from "./mock_draw.js"
import { begin, clock, kept, mocks, total } from "./mock_state.js"
import { stepsOf } from "./mock_steps.js"
import { unloaded } from "./recall_parts.js"
import { TRACKS, cards, isTrack, plan, scores } from "./study.js"

/** @type {Interview | null} */
let shown = null

/** @param {Element} root */
export async function mount(root) {
  shown?.close()
  shown = null
  try {
    /** @type {Cards} */
    const all = await (await fetched("cards.json")).json()
    if (!root.isConnected) return
    const state = kept()
    const last = state && draw(ofTrack(all, state.track), state.minutes, state.seed)
    if (!last || stepsOf(last).length > state.at) return root.replaceChildren(...setup(root, all, last))
    // The report, but for who comes from the plan, on another day, for the next one.
    const next = new URLSearchParams(location.search).has("minutes") && today(new Date(state.began ?? Date.now())) < today()
    if (next) root.replaceChildren(...setup(root, all, null))
    else await go(root, last)
  } catch (error) {
    unloaded(root, error)
  }
}

/** @param {Element} root @param {Mock} mock */
async function go(root, mock) {
  shown = new Interview(mock, { again: () => mount(root) })
  root.replaceChildren(shown.root)
  await shown.run()
}

// What is asked before: to go on with the last, how long a new one is, of which track, and its seed.
/** @type {SetUp} */
function setup(root, all, last) {
  const asked = new URLSearchParams(location.search)
  const length = LENGTHS.find(each => String(each) == asked.get("minutes")) ?? 30
  const seed = make("input", { type: "number", name: "seed", min: "0", max: "4294967295", step: "1", placeholder: "by weakness" })
  const given = asked.get("seed") ?? ""
  if (/^\d{1,10}$/.test(given)) seed.value = given
  const named = asked.get("track")
  // A seed without a track draws from all questions: addresses once had no track.
  const track = isTrack(named) ? named : seed.value ? "all" : plan().track
  // The plan asks what was read.
  const seen = make("input", { type: "checkbox", name: "seen", checked: asked.has("seen") })
  const hasSeen = Object.entries(all).some(([id, { kind }]) => kind == "opening" && rated(id))
  const told = make("p", { className: "exercise-notice", role: "status", textContent: mocks.notice("mock") })
  const form = make(
    "form",
    { className: "mock-setup" },
    radios(
      "How long?",
      "minutes",
      LENGTHS.map(each => [String(each), `${each} minutes, ${counted(each / QUESTION, "question")}`]),
      String(length),
    ),
    radios(
      "From which track?",
      "track",
      Object.entries(TRACKS).map(([each, name]) => [each, `${name}, ${counted(questions(all, each), "question")}`]),
      track,
    ),
    ...(hasSeen ? [make("label", {}, seen, " Rather what I have read")] : []),
    make("label", {}, "Seed ", seed),
    make("button", { className: "recall-button", textContent: "Start the clock" }),
    told,
  )
  form.onsubmit = async event => {
    event.preventDefault()
    if (last && !confirm("One has not come to its end. Begin a new one, and drop its report?")) return
    const chosen = new FormData(form)
    const minutes = Number(chosen.get("minutes"))
    const track = String(chosen.get("track"))
    const some = ofTrack(all, track)
    const mock = seed.value ? draw(some, minutes, seed.valueAsNumber) : byWeakness(some, minutes, chosen.has("seen"))
    begin(minutes, mock.seed, track)
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

/** @param {Cards} all @param {string} track */
const questions = (all, track) => Object.values(ofTrack(all, track)).filter(({ kind }) => kind == "opening").length

/** @param {string} id */
const rated = id => cards.get(id).reviews?.at(-1)?.[1]

/** @param {Cards} all @param {number} minutes @param {boolean} seen */
function byWeakness(all, minutes, seen) {
  return weakest(all, minutes, someSeeds(), rated, number => scores.get(number).at(-1)?.[1], seen ? UNSEEN : 0)
}

/** @param {Element} root @param {Mock} mock */
function unfinished(root, mock) {
  const text = `An interview stands still at ${clock(total(kept()?.spent ?? []))} of ${mock.minutes}:00. `
  const button = make("button", { type: "button", className: "recall-button", textContent: "Go on" })
  button.onclick = () => go(root, mock)
  return make("p", { className: "mock-unfinished" }, text, button)
}
