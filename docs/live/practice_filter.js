// Practise: which exercises are shown, by track, level and topic, by where they run and by what was passed.
// What is passed while it is shown stays: its verdict stands there.

import { counted, make, say } from "./elements.js"
import { store } from "./store.js"
import { TRACKS } from "./study.js"

const KEPT = "answers.filter.practice"
const PASSED = "passed"
const LEFT = "not passed"

// What was chosen in this tab, if the browser keeps it; or keep it.
/** @param {string} key @param {Choice} [chosen] @returns {Choice} */
function choice(key, chosen) {
  try {
    if (chosen) sessionStorage.setItem(key, JSON.stringify(chosen))
    return chosen ?? JSON.parse(sessionStorage.getItem(key)) ?? {}
  } catch {
    return {}
  }
}

// A field to choose one of these, or all; as it was before, if that is one of them.
/** @param {Set<string>} values @param {string} [before] */
function select(values, before) {
  const options = [...values].map(each => make("option", { textContent: each }))
  const field = make("select", {}, make("option", { textContent: "all", value: "" }), ...options)
  if (before && values.has(before)) field.value = before
  return field
}

/** @param {Element} root */
export function mount(root) {
  /** @type {Listed[]} */
  const all = []
  let heading = root
  for (const element of document.querySelectorAll("article > :is(h2, .practice)")) {
    const exercise = element.querySelector(".exercise")
    if (!exercise) heading = element
    else {
      const name = exercise.id.replace("exercise-", "")
      const here = exercise.dataset.exercise != null
      const { level = "", tracks = "" } = element.dataset
      const asked = tracks.split(" ").map(track => TRACKS[track])
      all.push({ element, heading, name, here, level, tracks: asked, topic: heading.firstChild?.textContent ?? "" })
    }
  }
  const before = choice(KEPT)
  const track = select(new Set(all.flatMap(each => each.tracks)), before.track)
  const level = select(new Set(all.map(each => each.level)), before.level)
  const topic = select(new Set(all.map(each => each.topic)), before.topic)
  const state = select(new Set([LEFT, PASSED]), before.state)
  const here = make("input", { type: "checkbox", checked: before.here })
  const said = make("span", { role: "status" })
  /** @param {Listed} each */
  const isPassed = each => store.get(each.name).passed != null
  /** @param {Listed} each */
  const isWanted = each =>
    (!track.value || each.tracks.includes(track.value)) &&
    (!level.value || each.level == level.value) &&
    (!topic.value || each.topic == topic.value) &&
    (!state.value || isPassed(each) == (state.value == PASSED)) &&
    (!here.checked || each.here)

  function update() {
    const shown = all.filter(isWanted)
    for (const each of all) {
      each.element.hidden = !shown.includes(each)
      each.heading.hidden = !shown.some(({ heading }) => heading == each.heading)
    }
    say(said, `${counted(shown.length, "exercise")}, ${shown.filter(isPassed).length} passed`)
  }

  root.addEventListener("change", () => {
    choice(KEPT, { track: track.value, level: level.value, topic: topic.value, state: state.value, here: here.checked })
    update()
  })
  update()
  root.replaceChildren(
    make("label", {}, "Track ", track),
    make("label", {}, "Level ", level),
    make("label", {}, "State ", state),
    make("label", {}, "Topic ", topic),
    make("label", {}, here, " runs here"),
    said,
  )
}
