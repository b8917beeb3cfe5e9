// Every page loads these lines; a page with cells, exercises or an explorer loads theirs, from the
// folder of its build: answers/site/addresses.py.
const PARTS = {
  ".highlight.live": "cell_buttons",
  ".exercise": "exercise_buttons", // which listens for itself
  ".exercise-kept": "export_buttons",
  ".explorer": "explorers",
  ".today": "home",
  ".cheat-sheet": "sheet",
  ".practice-filter": "practice_filter",
  ".review": "review",
  ".offline": "keep",
  ".mock": "mock",
  ".rehearse": "rehearse_button",
}
const LIVE = `./live${new URL(import.meta.url).search.replace("?", "-")}/`

/** @param {Error} error */
function tell(error) {
  reportError(error)
  const content = document.querySelector(".md-content__inner")
  if (!content || content.querySelector(".start-failed")) return
  content.insertAdjacentHTML(
    "afterbegin",
    `<p class="start-failed" role="status">What runs on this page could not be loaded.
      <button class="recall-button">Reload</button></p>`,
  )
  content.querySelector("button")?.addEventListener("click", () => import("./reload.js").catch(() => location.reload()))
}

document$.subscribe(() => {
  for (const [root, part] of Object.entries(PARTS)) {
    const place = document.querySelector(root)
    if (!place) continue
    // It may come when the reader has left the page.
    const here = () => place.isConnected
    import(`${LIVE}${part}.js`).then(({ mount }) => here() && mount?.(place)).catch(error => here() && tell(error))
  }
})
