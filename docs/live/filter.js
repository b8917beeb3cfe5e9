// Home: which questions and exercises the tables show. Practise filters by the same parts:
// practice_filter.js.

import { make, say } from "./elements.js"

const ELSEWHERE = "(PyTorch)" // answers/proof/index.py says so of an exercise
const LEVEL = "td:nth-last-child(4)" // home.js may put a column before it
const KEPT = "answers.filter"

// What was chosen in this tab, if the browser keeps it; or keep it.
/** @param {string} key @param {Choice} [chosen] @returns {Choice} */
export function choice(key, chosen) {
  try {
    if (chosen) sessionStorage.setItem(key, JSON.stringify(chosen))
    return chosen ?? JSON.parse(sessionStorage.getItem(key)) ?? {}
  } catch {
    return {}
  }
}

// A field to choose one of these, or all; as it was before, if that is one of them.
/** @param {Set<string>} values @param {string} [before] */
export function select(values, before) {
  const options = [...values].map(each => make("option", { textContent: each }))
  const field = make("select", {}, make("option", { textContent: "all", value: "" }), ...options)
  if (before && values.has(before)) field.value = before
  return field
}

/** @param {Element} root */
export function mount(root) {
  const rows = [...document.querySelectorAll("article table tbody tr")]
  const level = (/** @type {Element} */ row) => row.querySelector(LEVEL)?.textContent ?? ""
  const linksOf = (/** @type {Element} */ row) => [...(row.lastElementChild?.querySelectorAll("a") ?? [])]
  const before = choice(KEPT)
  const wanted = select(new Set(rows.map(level)), before.level)
  const here = make("input", { type: "checkbox", checked: before.here })
  const said = make("span", { role: "status" })

  function update() {
    for (const row of rows) {
      for (const link of linksOf(row)) link.hidden = here.checked && link.textContent.endsWith(ELSEWHERE)
      row.hidden = wanted.value != "" && level(row) != wanted.value
    }
    const shown = rows.filter(row => !row.hidden)
    const exercises = shown.flatMap(linksOf).filter(link => !link.hidden)
    say(said, wanted.value || here.checked ? `${shown.length} questions, ${exercises.length} exercises` : "")
  }

  wanted.onchange = here.onchange = () => {
    choice(KEPT, { level: wanted.value, here: here.checked })
    update()
  }
  update()
  root.replaceChildren(make("label", {}, "Level ", wanted), make("label", {}, here, " only exercises that run here"), said)
}
