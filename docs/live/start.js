// Every page loads these lines; a page with cells, exercises or an explorer loads theirs.
document$.subscribe(() => {
  if (document.querySelector(".highlight.live")) import("./cells.js").then(cells => cells.mount())
  if (document.querySelector(".exercise")) import("./practice.js")
  if (document.querySelector(".explorer")) import("./explorers.js").then(explorers => explorers.mount())
})
