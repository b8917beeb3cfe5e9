"""Milliseconds from Run to the output of a cell, in headless Chromium, cold and warm.

    PYTHONPATH=tests python tests/browser/measure_first_run.py [--rounds 5]

builds the site and serves it with the Pyodide that `python tests/pyodide.py` fetched. Each round
is a new browser context, so that nothing comes from a cache: first a cell that imports NumPy only,
then one that imports `answers` as well, elsewhere. `stall` is the longest that the page did not
answer while Python was loaded. Medians of all rounds; compare them with another build of the site
in the same hour only.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

import pyodide
from cells import Cell
from chromium import FLAGS, executable
from playwright.sync_api import sync_playwright
from serving import build, serve
from test_cells import QUESTION

from conftest import configure

NUMPY = "import numpy as np\nprint(np.arange(3).sum())"
ANSWERS = "import numpy as np\nfrom answers.networks.layers import relu\nprint(relu(np.zeros(2)))"

# From now on, `stall.longest` is the longest that the page did not answer, in ms.
WATCH = """() => {
  window.stall?.beat.port1.close()
  window.stall = { longest: 0, last: performance.now(), beat: new MessageChannel() }
  const { beat } = stall
  beat.port1.onmessage = () => {
    const now = performance.now()
    stall.longest = Math.max(stall.longest, now - stall.last)
    stall.last = now
    setTimeout(() => beat.port2.postMessage(0), 2)
  }
  beat.port2.postMessage(0)
}"""

# Press Run, and wait until the cell says that it is done.
RUN = """bar => new Promise((done, failed) => {
  const start = performance.now()
  const said = bar.querySelector("[role=status]")
  new MutationObserver(() => {
    if (said.textContent.startsWith("Done")) done(performance.now() - start)
  }).observe(said, { childList: true, subtree: true, characterData: true })
  Array.from(bar.querySelectorAll("button")).find(b => b.textContent == "Run").click()
})"""


def measure(browser, url):
    """What one round takes, in ms."""
    found = {}
    for name, code in (("NumPy", NUMPY), ("answers", ANSWERS)):
        context = browser.new_context()
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
        cell = Cell(page, 1)
        cell.write(code)
        page.evaluate(WATCH)
        bar = cell.block.locator(".live-bar")
        found[f"cold, {name}"] = bar.evaluate(RUN)
        found[f"stall, {name}"] = page.evaluate("stall.longest")
        found[f"warm, {name}"] = bar.evaluate(RUN)
        context.close()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    root = Path(tempfile.mkdtemp())
    with serve(root) as url, sync_playwright() as playwright:
        configure(build(root / "guide", f"{url}guide/"), pyodide="../../pyodide/")
        (root / "pyodide").symlink_to(pyodide.CACHE)
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        all_rounds = [measure(browser, f"{url}guide/{QUESTION}") for _ in range(rounds)]
        browser.close()
    for name in all_rounds[0]:
        values = [each[name] for each in all_rounds]
        print(f"{name:16} {median(values):7.0f} ms   {min(values):.0f} to {max(values):.0f}")


if __name__ == "__main__":
    main()
