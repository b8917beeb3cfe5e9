// Home: which questions and exercises the tables show.

import { make, say } from "./elements.js"

const ELSEWHERE = "(PyTorch)" // answers/proof/index.py says so of an exercise
const LEVEL = "td:nth-last-child(4)" // home.js may put a column before it
const KEPT = "answers.filter"

// What was chosen in this tab, if the browser keeps it.
/** @returns {Choice} */
function chosen() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {}
  } catch {
    return {}
  }
}

/** @param {Choice} choice */
function keep(choice) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(choice))
  } catch {}
}

/** @param {Element} root */
export function mount(root) {
  const rows = [...document.querySelectorAll("article table tbody tr")]
  const level = (/** @type {Element} */ row) => row.querySelector(LEVEL)?.textContent ?? ""
  const linksOf = (/** @type {Element} */ row) => [...(row.lastElementChild?.querySelectorAll("a") ?? [])]
  const levels = [...new Set(rows.map(level))]
  const options = levels.map(each => make("option", { textContent: each }))
  const wanted = make("select", {}, make("option", { textContent: "all", value: "" }), ...options)
  const before = chosen()
  if (before.level && levels.includes(before.level)) wanted.value = before.level
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
    keep({ level: wanted.value, here: here.checked })
    update()
  }
  update()
  root.replaceChildren(make("label", {}, "Level ", wanted), make("label", {}, here, " only exercises that run here"), said)
}
