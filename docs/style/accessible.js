const growing = ":is(.equation, .md-typeset__scrollwrap, .tabbed-labels)"
const scrollers = `:is(${growing}, pre > code)`
const later = self.requestIdleCallback ?? (work => setTimeout(work, 50))

// Whatever scrolls sideways can be reached by keyboard; what does not is no stop on the way.
const sizes = new ResizeObserver(entries => {
  const blocks = new Set(entries.flatMap(({ target }) => target.closest(scrollers) ?? []))
  const scrolls = new Map([...blocks].map(b => [b, b.scrollWidth > b.clientWidth]))
  for (const [block, does] of scrolls) {
    if (does) block.tabIndex = 0
    else block.removeAttribute("tabindex")
  }
})

// Material makes the copy button of a code block, which comes when it is seen, a landmark.
new MutationObserver(changes => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node instanceof Element && node.className === "md-code__nav") node.role = "none"
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true })

// What is folded of code is copied too. Material takes what it sees, or this.
document.addEventListener(
  "click",
  ({ target }) => {
    const block = /** @type {Element} */ (target).closest?.("[data-md-type=copy]")?.closest(".highlight")
    if (block?.querySelector(".docstring")) block.dataset.copy = block.querySelector("code")?.textContent ?? ""
  },
  { capture: true },
)

// A few at a time, when the browser has nothing better to do: measuring means layout.
/** @param {Element[]} parts */
function observe(parts) {
  parts.splice(0, 10).forEach(part => sizes.observe(part))
  if (parts.length) later(() => observe(parts))
}

document$.subscribe(() => {
  sizes.disconnect()
  later(() => {
    // The formula too: it widens when its font comes, inside a block that keeps its size.
    const parts = `${scrollers}, ${growing} > *, .katex-display > .katex`
    observe([...document.querySelectorAll(parts)])
  })
})
