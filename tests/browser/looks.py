"""How a page looks: in light, in dark and on a phone; and what axe-core objects to there."""

from axe_playwright_python.base import AXE_FILE_PATH

LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
# A phone differs from a narrow window in these, too.
PHONE = LOOKS["phone"] | {"has_touch": True, "is_mobile": True}
FINE = {look: [] for look in LOOKS}
UNFOLD = "() => document.querySelectorAll('details').forEach(d => d.open = true)"
# The page has these colours, and they no longer fade.
COLOURED = """scheme => document.body.dataset.mdColorScheme == scheme
  && document.getAnimations().every(a => a.effect.getComputedTiming().endTime == Infinity)"""
# Equations that are not in view are not drawn, and could not be judged.
NEAR = ".equation { content-visibility: visible !important }"
# What is done when the browser is idle has been done.
SETTLED = """() => !document.querySelector(".md-code__nav:not([role=none])")
  && [...document.querySelectorAll(".equation, .md-typeset__scrollwrap, pre > code")]
    .every(e => e.scrollWidth <= e.clientWidth || e.tabIndex == 0 || !e.checkVisibility())"""

# All rules on all of the page; but contrast, which takes most of the time, is computed once for
# texts that are alike: of one colour, size and weight, on the same grounds. What is drawn or lifted
# out of the flow may lie on what is not around it, and is always asked about.
VIOLATIONS = """async ([context, rules]) => {
  const grounds = new Map([[null, ""]])
  const ground = e => {
    if (!grounds.has(e)) {
      const { backgroundColor, backgroundImage, opacity, position } = getComputedStyle(e)
      const lifted = e.closest("svg") || /fixed|absolute/.test(position)
      const own = [backgroundColor, backgroundImage, opacity].join()
      const around = ground(e.parentElement)
      if (lifted) grounds.set(e, [around, own, grounds.size].join())
      else grounds.set(e, own == "rgba(0, 0, 0, 0),none,1" ? around : [around, own].join())
    }
    return grounds.get(e)
  }
  const seen = new Set()
  const parts = [...document.querySelectorAll(context ?? "body")]
  for (const e of parts.flatMap(part => [part, ...part.querySelectorAll("*")])) {
    const text = Array.from(e.childNodes).some(node => node.nodeType == 3 && node.data.trim())
    const typed = e.matches("input, select, textarea")
    e.toggleAttribute("data-judged", typed)
    if (!text || typed || !e.checkVisibility({ visibilityProperty: true })) continue
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(e)
    const key = [ground(e), color, fontSize, fontWeight, textShadow].join()
    e.toggleAttribute("data-judged", !seen.has(key))
    seen.add(key)
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-judged]" }] })
  const options = { resultTypes: ["violations"], preload: false, runOnly: rules ?? undefined }
  const { violations } = await axe.run(context ?? document, options)
  return violations.map(({ id, nodes }) => [id, nodes.map(node => node.target)])
}"""


def wear(page, look):
    """Let the page, as it is, take that look."""
    page.set_viewport_size(LOOKS[look]["viewport"])
    page.emulate_media(color_scheme=LOOKS[look]["color_scheme"])
    page.wait_for_function(COLOURED, arg="slate" if look == "dark" else "default")


def wrong_in_each_look(page, context=None, act=lambda: None):
    """What axe-core objects to, and whether the page is too wide, in each look after `act`."""
    found = {}
    for look in LOOKS:
        wear(page, look)
        act()
        found[look] = violations(page, context)
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found[look].append("the page is wider than the screen")
    return found


def violations(page, context=None, rules=None):
    """What axe-core objects to on the page, or in the part that a selector names; by all rules,
    or by those."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    page.add_style_tag(content=NEAR)
    page.wait_for_function(SETTLED)
    return page.evaluate(VIOLATIONS, [context, rules])
