// Every page loads these lines; a page with cells, exercises or an explorer loads theirs.
const PARTS = {
  ".highlight.live": "cell_buttons",
  ".exercise": "exercise_buttons", // which listens for itself
  ".exercise-kept": "export_buttons",
  ".explorer": "explorers",
  ".today": "home",
  ".filter": "filter",
  ".review": "review",
  ".offline": "keep",
  ".mock": "mock",
  ".rehearse": "rehearse_button",
}

// A browser may not ask again for a module that has once failed to come, until the page is loaded anew.
/** @param {Error} error */
function tell(error) {
  reportError(error)
  const content = document.querySelector(".md-content__inner")
  if (!content || content.querySelector(".start-failed")) return
  const again = Object.assign(document.createElement("button"), {
    type: "button",
    className: "recall-button",
    textContent: "Load again",
  })
  again.onclick = () => location.reload()
  const told = Object.assign(document.createElement("p"), { className: "start-failed", role: "status" })
  told.append("What runs on this page could not be loaded. ", again)
  content.prepend(told)
}

document$.subscribe(() => {
  for (const [root, part] of Object.entries(PARTS)) {
    const place = document.querySelector(root)
    if (!place) continue
    // It may come when the reader has left the page.
    const here = () => place.isConnected
    import(`./${part}.js`).then(({ mount }) => here() && mount?.(place)).catch(error => here() && tell(error))
  }
})
