// Every page loads these lines; a page with cells, exercises or an explorer loads theirs.
document$.subscribe(() => {
  if (document.querySelector(".highlight.live")) import("./cell_buttons.js").then(cells => cells.mount())
  if (document.querySelector(".exercise")) import("./exercise_buttons.js")
  if (document.querySelector(".explorer")) import("./explorers.js").then(explorers => explorers.mount())
  if (document.querySelector(".today")) import("./home.js").then(home => home.mount())
  if (document.querySelector(".filter")) import("./filter.js").then(filter => filter.mount())
  if (document.querySelector(".review")) import("./review.js").then(review => review.mount())
  if (document.querySelector(".offline")) import("./keep.js").then(keep => keep.mount())
  if (document.querySelector(".mock")) import("./mock.js").then(mock => mock.mount())
  if (document.querySelector(".rehearse")) import("./rehearse_button.js").then(rehearse => rehearse.mount())
})
