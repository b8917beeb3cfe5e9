// The button below a question with which a reader rehearses it; rehearse.js comes with the press.

import { Bar, load } from "./elements.js"

const NEEDED = ["recall.js", "recall_parts.js", "page_cards.js", "study.js", "shelf.js", "store.js", "days.js", "today.js"]

export function mount() {
  const root = document.querySelector(".rehearse")
  const bar = new Bar("this question, aloud")
  const button = bar.button("Rehearse", async () => {
    const { rehearse } = await load("./rehearse.js", ...NEEDED)
    await rehearse(root, button)
  })
  root.replaceChildren(bar.root)
}
