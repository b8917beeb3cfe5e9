// Every page loads these lines; a page with cells, exercises or an explorer loads theirs.
document$.subscribe(() => {
  if (document.querySelector(".highlight.live")) import("./cell_buttons.js").then(cells => cells.mount())
  if (document.querySelector(".exercise")) import("./exercise_buttons.js")
  if (document.querySelector(".explorer")) import("./explorers.js").then(explorers => explorers.mount())
})
