// The button below a question with which a reader rehearses it; rehearse.js comes with the press.

import { Bar, load } from "./elements.js"

const NEEDED = ["recall.js", "recall_parts.js", "page_cards.js", "study.js", "shelf.js", "store.js", "days.js"]

/** @param {Element} root */
export function mount(root) {
  const bar = new Bar("this question, aloud")
  const button = bar.button("Rehearse", async () => {
    /** @type {typeof import("./rehearse.js")} */
    const { rehearse } = await load("./rehearse.js", ...NEEDED)
    await rehearse(root, button)
  })
  root.replaceChildren(bar.root)
}
