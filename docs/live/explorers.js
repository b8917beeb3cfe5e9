// Explorers: figures that a reader moves. Until Explore is pressed, a figure is what the page holds;
// what moves it comes with the press, in explorer.js.

import { Bar, DRAWING, PYTHON, load } from "./elements.js"

export function mount() {
  for (const root of document.querySelectorAll(".explorer")) {
    const bar = new Bar(`figure ${root.dataset.explorer?.replaceAll("_", " ")}`)
    /** @type {import("./explorer.js").Explorer} */
    let explorer
    const start = bar.button("Explore", async () => {
      bar.say("Loading Python…")
      /** @type {typeof import("./explorer.js")} */
      const { Explorer } = await load("./explorer.js", DRAWING, ...PYTHON)
      explorer ??= new Explorer(root, bar, start)
      await explorer.explore()
    })
    Object.assign(root, { role: "group", ariaLabel: `Explorer: ${bar.about}` })
    root.querySelector(".explorer-bar")?.replaceWith(bar.root)
  }
}
