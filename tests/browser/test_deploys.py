"""A reader comes back after a deploy, with a browser that keeps what it has loaded."""

import re
import shutil

import pyodide
import pytest
import serving
from cells import SECONDS, Cell
from deploys import deploy
from playwright.sync_api import expect

QUESTION, UNSEEN = "questions/06-softmax-cross-entropy/", "questions/08-broadcasting/"
RELOAD = re.compile(r"^It could not be loaded: .* Press Run to try again, or Reload\.$")


@pytest.fixture
def guide(live_site, tmp_path):
    """A copy of the site, which a test may change; all but its labs and most of its pages."""
    (tmp_path / "pyodide").symlink_to(pyodide.CACHE)
    site = live_site.copy(tmp_path / "guide", live_site.url)
    for path in ("labs", *site.folder.glob("questions/[!0]*")):
        shutil.rmtree(site.folder / path)
    return site


@pytest.fixture
def page(browser, guide):
    """An empty page of a browser of its own; relative addresses are of that site."""
    with serving.serve(guide.folder.parent) as url:
        context = browser.new_context(base_url=f"{url}guide/")
        context.set_default_timeout(SECONDS * 1000)
        yield context.new_page()
        context.close()


def run(page):
    """Run the first cell; it must end well."""
    cell = Cell(page, 1)
    cell.button("Run").click()
    expect(cell.status).to_have_text(re.compile("^Done|try again"))
    expect(cell.status).to_have_text(re.compile("^Done"))


def reload(page):
    """Press Reload, and wait for the page that then comes: it knows of nothing before."""
    page.evaluate("window.before = true")
    page.get_by_role("button", name="Reload").click()
    page.wait_for_function("() => !window.before && document.querySelector('.live-bar')")


def test_what_is_open_runs_on_and_a_page_of_an_older_build_says_reload(page, guide):
    page.goto(QUESTION)
    expect(Cell(page, 1).button("Run")).to_be_visible()
    deploy(guide.folder, 2)
    page.goto(UNSEEN)
    run(page)
    deploy(guide.folder, 3)
    # As the site follows links, the modules stay, and need nothing new.
    page.get_by_role("link", name="Gradient checking").first.click()
    expect(page.locator("h1")).to_contain_text("Gradient checking")
    run(page)
    # It comes from the cache, and its modules are gone.
    page.goto(QUESTION)
    cell = Cell(page, 1)
    cell.button("Run").click()
    expect(cell.status).to_have_text(RELOAD)
    reload(page)
    run(page)


def test_a_module_that_came_broken_is_asked_for_again(page, guide):
    """One after the other, as a reader meets them: the last one must run."""
    whole = {}
    for name in ("elements.js", "talk.js", "worker.js"):
        whole[name] = (guide.live / name).read_text("utf-8")
        (guide.live / name).write_text("<h1>Log in first</h1>", "utf-8")

    def mend(name):
        (guide.live / name).write_text(whole[name], "utf-8")

    page.goto(QUESTION)
    told = page.locator(".start-failed")
    expect(told).to_have_text("What runs on this page could not be loaded. Reload")
    mend("elements.js")
    reload(page)
    cell = Cell(page, 1)
    cell.button("Run").click()
    expect(cell.status).to_have_text(re.compile(r"Press Run to try again, or Reload\.$"))
    mend("talk.js")
    reload(page)
    cell.button("Run").click()
    expect(cell.status).to_have_text(re.compile(r"Press Run to try again, or Reload\.$"))
    mend("worker.js")
    run(page)
