// The button below a question with which a reader rehearses it; rehearse.js comes with the press.

import { Bar, load } from "./elements.js"

const NEEDED = ["recall.js", "recall_parts.js", "page_cards.js", "study.js", "shelf.js", "store.js", "days.js"]

// Whether a rehearsal of this page was left before its end: study.js keeps it, and comes with the press.
function stopped() {
  try {
    const { page, at } = JSON.parse(localStorage.getItem("answers.study.place"))
    return at > 0 && location.pathname.endsWith(`/${page}/`)
  } catch {}
}

/** @param {Element} root */
export function mount(root) {
  const bar = new Bar("this question, aloud")
  if (stopped()) bar.say("You can go on where you stopped.")
  const button = bar.button("Rehearse", async () => {
    /** @type {typeof import("./rehearse.js")} */
    const { rehearse } = await load("./rehearse.js", ...NEEDED)
    await rehearse(root, button)
  })
  root.replaceChildren(bar.root)
}
