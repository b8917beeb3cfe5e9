"""A real browser, started once. Without one tests skip, or fail under ANSWERS_REQUIRE_BROWSER=1.

So do the tests of cells without Pyodide, which `python tests/pyodide.py` fetches.

What is seen only if it may have changed, but for the weekly run, `weekly.py` tells.
"""

import hashlib
import json
import os
from urllib.parse import urljoin, urlsplit

import pyodide
import pytest
from cells import SECONDS
from chromium import FLAGS, executable
from looks import LOOKS, PHONE, wear
from playwright.sync_api import Error, expect, sync_playwright
from serving import Site
from weekly import left_out

# All fonts are there, and whatever can be pressed.
READY = """() => document.fonts.status == "loaded" && !document.querySelector(
  ".highlight.live:not(:has(> .live-bar)), [data-exercise] > .exercise-bar, .explorer-bar")"""


expect.set_options(timeout=SECONDS * 1000)


def pytest_collection_modifyitems(config, items):
    left = set(left_out(config, items))
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def browser():
    """Chromium: the system's, else the one that Playwright has installed."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        except Error as error:
            if os.environ.get("ANSWERS_REQUIRE_BROWSER") == "1":
                raise
            pytest.skip(f"no Chromium to be started: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contexts(browser):
    """One browser context for each look, so that what pages share is loaded once."""
    contexts = {look: browser.new_context(**options) for look, options in LOOKS.items()}
    for context in contexts.values():
        context.set_default_timeout(SECONDS * 1000)
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="session")
def live_site(site):
    """The site with Pyodide beside it, served by the same host."""
    if not pyodide.checked(pyodide.CACHE):
        if os.environ.get("ANSWERS_REQUIRE_BROWSER") != "1":
            pytest.skip("no Pyodide here; `python tests/pyodide.py` fetches it")
        pyodide.fetch()
    depth = urlsplit(site.url).path.count("/") - 1
    root = [site.folder, *site.folder.parents][depth]
    (root / "pyodide").symlink_to(pyodide.CACHE)
    configure(site, pyodide="../../pyodide/")
    return site


def configure(site: Site, **settings) -> None:
    """Change settings of the cells in a built site."""
    path, hashes = site.live / "config.json", site.live / "hashes.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    known = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    hashes.write_text(json.dumps(json.loads(hashes.read_text()) | known))


class Trouble(list):
    """What goes wrong on a page while it is open, and what it asks of other hosts."""

    def __init__(self, page, site):
        super().__init__()
        address = urljoin(site.url, "/")
        page.on(
            "console",
            lambda m: self.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.append(f"uncaught: {error}"))
        page.on("requestfailed", self.fail)
        page.on(
            "response",
            lambda r: self.append(f"{r.status}: {r.url}") if r.status > 399 else None,
        )
        page.on("request", lambda r: self.ask(r.url, address))

    def fail(self, request):
        # A page that is left while it loads gives up what it had asked for.
        if request.failure != "net::ERR_ABORTED":
            self.append(f"failed: {request.url}, {request.failure}")

    def ask(self, url, address):
        if not url.startswith((address, "data:", "blob:")):
            self.append(f"leaves the site: {url}")


# No icon is asked for.
EMPTY = {"content_type": "text/html", "body": "<link rel=icon href='data:,'>"}


@pytest.fixture
def visit(contexts, site):
    """`visit(path, look)`: a page of the site, loaded. If it has trouble, the test fails.

    Nothing is kept from before the test. `first` is called with the page before it is loaded.
    """
    visits = []

    def visit(path="", look="light", first=lambda page: None):
        page = contexts[look].new_page()
        if page.context not in [earlier.context for earlier, _ in visits]:
            page.route("**/empty", lambda route: route.fulfill(**EMPTY))
            page.goto(f"{site.url}empty")
            page.evaluate("localStorage.clear()")
            page.unroute_all()
        visits.append((page, Trouble(page, site)))
        first(page)
        page.goto(site.url + path)
        page.wait_for_function(READY)
        return page

    yield visit
    for page, _ in visits:
        page.close()
    assert [trouble for _, trouble in visits if trouble] == []


@pytest.fixture
def visit_live(live_site, visit):
    """The same of the site whose cells can run."""
    return visit


# Go to the page at `path` by a link, as the site follows links, so that Python stays loaded. What
# was written, run or kept before is removed.
RENEW = """async ([site, live, path]) => {
  const { python } = await import(site + live + "/python.js")
  const go = path => new Promise(done => {
    let shown = 0 // the page that is there is told of first
    const watch = document$.subscribe(() => {
      if ((shown += 1) < 2) return
      watch.unsubscribe()
      done()
    })
    const link = Object.assign(document.createElement("a"), { href: site + path })
    document.body.append(link)
    link.click()
    link.remove()
  })
  localStorage.clear()
  if (location.href.startsWith(site + path)) await go("tags/")
  await go(path)
  if (!python.session) return
  const forget = [path, "cell 1", "import live_worker; live_worker.pages.clear()", null, false]
  await python.call("live_worker.run", forget)
  python.session += 1
}"""
RESET = """() => {
  const changed = "[aria-label^='Reset: Python cell']:not([hidden])"
  document.querySelectorAll(changed).forEach(button => button.click())
  return !document.querySelector(changed)
}"""


class Tab:
    """A page that stays open."""

    def __init__(self, browser, site):
        self.site = site
        self.page = browser.new_page(**LOOKS["light"])
        self.page.set_default_timeout(SECONDS * 1000)
        self.trouble = Trouble(self.page, site)
        self.page.goto(f"{site.url}tags/", wait_until="networkidle")

    def visit(self, path, look="light"):
        self.page.evaluate(RENEW, [self.site.url, self.site.live.name, path])
        self.page.wait_for_function(READY)
        self.page.wait_for_function(RESET)
        wear(self.page, look)
        return self.page

    def complain(self):
        # Chromium counts from when the tab was opened; `visit` hears what is never used.
        told = [each for each in self.trouble if "preloaded using link preload" not in each]
        self.trouble.clear()
        assert not told


@pytest.fixture(scope="session")
def tab(browser, live_site):
    tab = Tab(browser, live_site)
    yield tab
    tab.page.close()


@pytest.fixture(scope="session")
def second_tab(browser, live_site):
    """A tab in a browser context of its own."""
    tab = Tab(browser, live_site)
    yield tab
    tab.page.close()


@pytest.fixture
def warm(tab):
    """`warm(path, look)`: the same as `visit_live`, but Python may have been loaded before."""
    yield tab.visit
    tab.complain()


@pytest.fixture
def warm_beside(second_tab):
    """The same in a second tab, for what may spoil Python, or needs two."""
    yield second_tab.visit
    second_tab.complain()


@pytest.fixture(scope="module")
def phone(browser, live_site):
    """The page of a question on a phone, where Python has never been loaded."""
    page = browser.new_page(**PHONE)
    page.set_default_timeout(SECONDS * 1000)
    trouble = Trouble(page, live_site)
    page.goto(f"{live_site.url}questions/06-softmax-cross-entropy/")
    page.wait_for_function(READY)
    yield page
    page.close()
    assert not trouble


@pytest.fixture
def alone(browser, live_site):
    """`alone(path, script)`: a page of a browser of its own, whose pages begin with `script`."""
    opened = []

    def alone(path="questions/06-softmax-cross-entropy/", script=""):
        opened.append(browser.new_context())
        opened[-1].set_default_timeout(SECONDS * 1000)
        page = opened[-1].new_page()
        page.add_init_script(script)
        page.goto(live_site.url + path)
        return page

    yield alone
    for context in opened:
        context.close()
