"""What the reader asks this browser to keep, as it is without a connection, and when it changes."""

import hashlib
import re
import shutil
from pathlib import Path
from threading import Event

import pyodide
import pytest
import serving
from cells import AT, SECONDS, Cell
from deploys import deploy
from exercises import Exercise
from playwright.sync_api import Error, expect
from waiting import wait_until

from answers.site import offline
from answers.site.addresses import place
from conftest import configure

PRACTICE, QUESTION = "practice/", "questions/06-softmax-cross-entropy/"
# What the browser has of it: how many service workers, and which caches.
THERE = """async () => [
  (await navigator.serviceWorker.getRegistrations()).length,
  await caches.keys(),
]"""
NOTHING = [0, []]
HERE = f"import({AT}('elements.js')).then(({{ isHere }}) => isHere())"
# Look for a newer version. Returns what became of it.
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration()
  await registration.update()
  const newer = registration.installing ?? registration.waiting
  while (newer.state == "installing") await new Promise(done => newer.onstatechange = done)
  return newer.state
}"""
SPOIL = """async sha256 => {
  const cache = await caches.open((await caches.keys())[0])
  const key = (await cache.keys()).find(({ url }) => url.endsWith(sha256))
  const headers = { "Content-Type": "text/html" }
  await cache.put(key, new Response("<h1>Another page</h1>", { headers }))
}"""
KEPT = re.compile(r"^Kept: \d+ pages and Python, [\d.]+ MB\. It works without a connection\.$")


@pytest.fixture
def host(request, live_site, tmp_path):
    """A folder to be served, which a test may change: a copy of the site, without Python and most
    pages, or the "whole" of it.
    """
    (tmp_path / "pyodide").symlink_to(pyodide.CACHE)
    site = live_site.copy(tmp_path / "guide", live_site.url)
    if getattr(request, "param", "") != "whole":
        for path in ("vendor/wheels", "labs", *site.folder.glob("questions/[!0]*")):
            shutil.rmtree(site.folder / path)
        configure(site, files={})
    offline.write(site.folder)
    return tmp_path


@pytest.fixture
def reader(browser, host):
    """The page of exercises in a browser of its own."""
    context = browser.new_context()
    context.set_default_timeout(SECONDS * 1000)
    with serving.serve(host) as url:
        page = context.new_page()
        page.goto(f"{url}guide/{PRACTICE}")
        yield page
        context.close()


def reload_until(page, holds):
    """Load the page anew until it holds. The browser may still count a page that was left for a
    moment; and what stands between two versions loads itself again, which ends a load of ours.
    """

    def again():
        try:
            page.reload()
        except Error as error:
            if "net::ERR_ABORTED" not in error.message:
                raise
            page.wait_for_load_state()
        return holds()

    wait_until(again)


def status(page):
    return page.locator(".offline").get_by_role("status")


def press(page, name):
    page.get_by_role("button", name=f"{name}: the guide").click()


def hang_up(handler):
    handler.close_connection = True


def choose(page, track):
    page.locator(".offline").get_by_label(track).check()


def keep(page):
    press(page, "Keep offline")
    expect(status(page)).to_have_text(KEPT)


def gone(page):
    wait_until(lambda: page.evaluate(THERE) == NOTHING)


def change(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text("utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), "utf-8")


def test_nothing_is_kept_that_nobody_asked_for(reader):
    expect(status(reader)).to_have_text(re.compile(r"^Python and .* MB more in this"))
    reader.goto(reader.url.replace(PRACTICE, QUESTION))
    reader.wait_for_load_state("networkidle")
    assert reader.evaluate(THERE) == NOTHING
    assert not reader.evaluate(HERE)


@pytest.mark.parametrize("host", ["whole"], indirect=True)
def test_what_is_kept_works_without_a_server_until_it_is_removed(reader, host):
    keep(reader)
    assert reader.evaluate(HERE)
    (host / "guide").rename(host / "gone")
    (host / "pyodide").unlink()
    # As the site follows links, and as it is loaded.
    reader.locator("article a[href*='06-softmax']").first.click()
    expect(reader.locator("h1")).to_contain_text("Softmax and cross-entropy")
    reader.goto(reader.url.partition("guide/")[0] + "guide/?q=log-sum-exp")
    expect(reader.locator(".md-search-result__item").first).to_contain_text("log", ignore_case=True)
    reader.goto(reader.url.partition("?")[0] + "questions/08-broadcasting/")
    cell = Cell(reader, 1)
    expect(cell.status).to_have_text("")  # no host is asked for Python
    cell.write("import numpy as np\nprint(np.arange(3).sum())")
    assert cell.run().startswith("Done")
    assert cell.printed == "3\n"
    cell.write("import answers.transformers.gpt_numpy as g\nprint(len(g.load_weights()))")
    assert cell.run().startswith("Done")
    assert cell.printed == "52\n"
    reader.goto(reader.url.replace("questions/08-broadcasting/", PRACTICE))
    expect(status(reader)).to_have_text(KEPT)
    press(reader, "Remove")
    expect(reader.get_by_role("button", name="Keep offline")).to_be_visible()
    gone(reader)


def test_of_a_track_what_another_asks_says_that_it_is_not_kept(reader, monkeypatch):
    choose(reader, "LLM, 8 questions")
    press(reader, "Keep offline")
    kept = re.compile(r"^Kept: the LLM track, \d+ pages and Python, ")
    expect(status(reader)).to_have_text(kept)
    other = reader.locator("article a[href*='04-backpropagation-theory']").first
    with monkeypatch.context() as connection:
        connection.setattr(serving.Handler, "do_GET", hang_up)
        other.click()
        expect(reader.locator("body")).to_contain_text("This browser keeps the track LLM offline")
        reader.get_by_role("link", name="What is kept").click()
        expect(status(reader)).to_have_text(kept)
        exercise = Exercise(reader, "backward_pass")
        exercise.button("Start").click()
        expect(exercise.root).to_contain_text("not kept offline: it is of another track")
    other.click()
    expect(reader.locator("h1")).to_contain_text("Backpropagation theory")
    reader.go_back()
    press(reader, "Remove")
    gone(reader)
    keep(reader)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_text("alert(1)"), "it is not the file that was built"),
        (lambda path: path.unlink(), "the server answered 404"),
    ],
    ids=["another", "absent"],
)
def test_a_file_that_is_another_or_does_not_come_leaves_nothing_behind(reader, host, spoil, told):
    live = place(host / "guide", "live")
    spoil(live / "mock.js")
    press(reader, "Keep offline")
    failed = f"It could not be kept, and nothing was: {live.name}/mock.js: {told}."
    expect(status(reader)).to_have_text(failed)
    gone(reader)


def test_a_full_disk_leaves_nothing_behind(reader):
    small = {"origin": reader.evaluate("origin"), "quotaSize": 1_000_000}
    reader.context.new_cdp_session(reader).send("Storage.overrideQuotaForOrigin", small)
    press(reader, "Keep offline")
    failed = "It could not be kept, and nothing was: this browser has no room for it."
    expect(status(reader)).to_have_text(failed)
    gone(reader)


def test_a_download_can_be_stopped(reader, monkeypatch):
    go_on = Event()
    monkeypatch.setattr(
        serving.Handler,
        "log_request",
        lambda self, *_: "mock.js" in self.path and go_on.wait(SECONDS),
    )
    press(reader, "Keep offline")
    expect(status(reader)).to_have_text(re.compile(r"Loading: .* MB of .* MB"))
    press(reader, "Remove")
    expect(status(reader)).to_have_text(re.compile("Python and its packages"))
    go_on.set()
    gone(reader)


def test_what_is_changed_in_the_browser_is_not_shown_and_can_be_loaded_again(reader, host):
    keep(reader)
    path = f"{QUESTION}index.html"
    sha256 = hashlib.sha256((host / "guide" / path).read_bytes()).hexdigest()
    reader.evaluate(SPOIL, sha256)
    reader.goto(reader.url.replace(PRACTICE, QUESTION))
    expect(reader.locator("h1")).to_contain_text("Softmax and cross-entropy")
    reader.goto(reader.url.replace(QUESTION, PRACTICE))
    expect(status(reader)).to_have_text(re.compile(r"^Missing: 1 of \d+ files"))
    keep(reader)


def test_a_newer_version_is_taken_whole_or_not_at_all_and_an_empty_one_takes_all_away(reader, host):
    keep(reader)
    site, said = host / "guide", reader.locator("article p").first
    mock = f"{place(site, 'live').name}/mock.js"
    old, new = "Reading an answer is not writing it.", "Reading is not writing."
    change(site, f"{PRACTICE}index.html", old, new)
    change(site, mock, "//", "// newer")
    offline.write(site)
    # It does not come whole.
    change(site, mock, "// newer", "// of neither version")
    assert reader.evaluate(UPDATE) == "redundant"
    reader.reload()
    expect(said).to_contain_text(old)
    expect(status(reader)).to_have_text(KEPT)
    # It does, while a page is open. What has not changed is not fetched again: it is not there.
    change(site, mock, "// of neither version", "// newer")
    (site / "assets").rename(host / "assets")
    other = reader.context.new_page()
    other.goto(reader.url)
    assert other.evaluate(UPDATE) == "installed"
    reader.reload()
    expect(said).to_contain_text(old)
    other.close()  # for a page is loaded alone
    reload_until(reader, lambda: new in said.inner_text())
    expect(status(reader)).to_have_text(KEPT)
    assert "// newer" in reader.evaluate(f"fetch('../{mock}').then(file => file.text())")
    # A build that holds nothing.
    shutil.copy(serving.ROOT / "docs/offline.js", site)
    reader.reload()
    gone(reader)


@pytest.mark.parametrize("host", ["whole"], indirect=True)
def test_after_a_deploy_what_is_kept_runs_as_it_was_and_then_the_new_build_does(reader, host):
    keep(reader)
    reader.goto(reader.url.replace(PRACTICE, QUESTION))
    deploy(host / "guide", 2)
    assert reader.evaluate(UPDATE) == "installed"
    cell = Cell(reader, 1)
    assert cell.run().startswith("Done")
    build = place(host / "guide", "live").name.removeprefix("live-")
    started = reader.locator(f"script[src$='start.js?{build}']")
    assert not started.count()
    reload_until(reader, started.count)
    (host / "guide").rename(host / "gone")
    (host / "pyodide").unlink()
    assert cell.run().startswith("Done")


def test_a_browser_that_keeps_nothing_says_so(alone):
    page = alone(PRACTICE, "delete Navigator.prototype.serviceWorker")
    expect(status(page)).to_contain_text("This browser keeps no pages here.")
    assert not page.get_by_role("button", name="Keep offline").count()
