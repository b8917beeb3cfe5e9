"""A real browser, started once. Without one tests skip, or fail under ANSWERS_REQUIRE_BROWSER=1.

So do the tests of cells without Pyodide, which `python tests/pyodide.py` fetches.
"""

import json
import os

import pyodide
import pytest
from chromium import FLAGS, executable
from playwright.sync_api import Error, sync_playwright
from serving import Site, build, serve

LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


@pytest.fixture(scope="session")
def browser():
    """Chromium: the system's, else the one that Playwright has installed."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=executable(), args=FLAGS
            )
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
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="session")
def live_site(tmp_path_factory):
    """The site below a path of its host, with Pyodide beside it and served by itself."""
    if not pyodide.checked(pyodide.CACHE):
        if os.environ.get("ANSWERS_REQUIRE_BROWSER") != "1":
            pytest.skip("no Pyodide here; `python tests/pyodide.py` fetches it")
        pyodide.fetch()
    root = tmp_path_factory.mktemp("host")
    with serve(root) as url:
        built = build(root / "guide", f"{url}guide/")
        (root / "pyodide").symlink_to(pyodide.CACHE)
        configure(built, pyodide="../../pyodide/")
        yield built


def configure(site: Site, **settings) -> None:
    """Change settings of the cells in a built site."""
    path = site.folder / "live/config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


class Trouble(list):
    """What goes wrong on a page while it is open, and what it asks of other hosts."""

    def __init__(self, page, address):
        super().__init__()
        page.on(
            "console",
            lambda m: self.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.append(f"uncaught: {error}"))
        page.on("requestfailed", lambda r: self.append(f"failed: {r.url}, {r.failure}"))
        page.on(
            "response",
            lambda r: self.append(f"{r.status}: {r.url}") if r.status > 399 else None,
        )
        page.on("request", lambda r: self.ask(r.url, address))

    def ask(self, url, address):
        if not url.startswith((address, "data:", "blob:")):
            self.append(f"leaves the site: {url}")


@pytest.fixture
def visit(contexts, site):
    """`visit(path, look)`: a page of the site, loaded. If it has trouble, the test fails."""
    yield from visitor(contexts, site)


@pytest.fixture
def visit_live(contexts, live_site):
    """The same of the site whose cells can run."""
    yield from visitor(contexts, live_site)


def visitor(contexts, site):
    visits = []

    def visit(path="", look="light"):
        page = contexts[look].new_page()
        host = site.url.removesuffix("guide/")
        visits.append((page, Trouble(page, host)))
        page.goto(site.url + path, wait_until="networkidle")
        return page

    yield visit
    for page, trouble in visits:
        page.evaluate("localStorage.clear()")
        page.close()
        assert not trouble
