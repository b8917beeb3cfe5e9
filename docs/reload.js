// Load the page anew, and before that again all that it has loaded: a browser keeps a module that came
// broken. This file has one address for ever, and is there when the build of a page is gone.

const loaded = performance.getEntriesByType("resource")
await Promise.allSettled(loaded.map(({ name }) => fetch(name, { cache: "reload" })))
location.reload()
