// Every page loads these lines; a page with a cell that runs, or an exercise, loads the rest.
document$.subscribe(() => {
  if (document.querySelector(".highlight.live")) import("./cells.js").then(cells => cells.mount())
  if (document.querySelector(".exercise")) import("./practice.js")
})
