"""The picture of home in the README, taken anew: python tests/screenshot.py.

It ends above the line that counts questions and mistakes, which each new one would make false. The
text that can be read in it stands in the file, where a test compares it with home as it is now.
"""

import tempfile
from pathlib import Path

from chromium import FLAGS, executable
from playwright.sync_api import Browser, sync_playwright
from serving import ROOT, build, serve

PICTURE = ROOT / "docs/screenshot.png"
SIZE = {"width": 1280, "height": 584}
COLOURS = 255
# All buttons have come, and the colours no longer fade.
READY = """() => document.querySelector(".today input")
  && !document.querySelector("[data-exercise] > .exercise-bar")
  && document.getAnimations().every(a => a.effect.getComputedTiming().endTime == Infinity)"""


# The text of all that lies inside of the window, a line each.
TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const lines = []
  while (walker.nextNode()) {
    const range = document.createRange()
    range.selectNodeContents(walker.currentNode)
    const { width, top, bottom } = range.getBoundingClientRect()
    if (width && bottom > 0 && top < innerHeight) lines.push(walker.currentNode.data.trim())
  }
  return lines.filter(Boolean).join("\\n")
}"""


def take(browser: Browser, url: str, target: Path) -> None:
    """The first screen of the site at `url`, as a PNG of few colours."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    page = browser.new_page(viewport=SIZE, color_scheme="light")
    page.goto(url)
    page.wait_for_function(READY)
    page.screenshot(path=target)
    text = PngInfo()
    text.add_itxt("Text", page.evaluate(TEXT))
    page.close()
    with Image.open(target) as picture:
        # An octree keeps a colour of few pixels, such as that of the verdict.
        few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE)
    few.save(target, optimize=True, pnginfo=text)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as url:
        build(Path(folder), url)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
            take(browser, url, PICTURE)
            browser.close()


if __name__ == "__main__":
    main()
