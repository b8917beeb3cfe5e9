"""The exercises of a page, as a reader uses them, and what a browser keeps of them."""

import json
import re

from cells import AT, SECONDS
from playwright.sync_api import expect

KEPT = "answers.practice."
# A browser that keeps nothing, and one that is full.
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError") } })"""
FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError") }"""

# What an editor holds; it draws the lines that are near only.
TEXT = """async editor => {
  const elements = $at("elements.js")
  const { EDITOR } = await import(elements)
  const { EditorView } = await import(new URL(EDITOR.at(-1), elements))
  return EditorView.findFromDOM(editor).state.doc.toString()
}""".replace("$at", AT)


def without_python(page):
    """Let Python not load when an exercise is started, where a test only writes."""
    page.route("**/worker.js", lambda route: None)
    return page


class Exercise:
    """An exercise on a page."""

    def __init__(self, page, name="softmax"):
        self.page, self.name = page, name
        self.root = page.get_by_role("group", name=f"Exercise {name}", exact=True)
        self.editor = self.root.get_by_role("textbox")
        self.saved = self.root.locator(".live-status > span").nth(0)
        self.status = self.root.locator(".live-status > span").nth(1)
        self.notice = self.root.locator(".exercise-notice")
        self.report = self.root.locator(".exercise-report > [role=status]").nth(0)
        self.help = self.root.locator(".exercise-report > [role=status]").nth(1)
        self.printed = self.root.get_by_role("region", name="What your code printed")

    def button(self, name):
        return self.root.get_by_role("button", name=re.compile(f"^{name}.*: exercise"))

    def start(self):
        self.button("(Start|Continue)").click()
        expect(self.editor).to_be_focused()
        return self

    @property
    def text(self):
        return self.root.locator(".cm-editor").evaluate(TEXT)

    def write(self, text):
        """Let the editor hold `text` and nothing else."""
        self.editor.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def check(self, text=None):
        """The verdict on `text`, or on what stands there."""
        if text is not None:
            self.write(text)
        self.button("Check").click()
        return self.verdict()

    def verdict(self):
        ready = self.root.locator("button[aria-disabled=false]", has_text="Check")
        ready.wait_for(timeout=SECONDS * 1000)
        return self.report.inner_text()

    @property
    def record(self):
        kept = self.page.evaluate("key => localStorage.getItem(key)", KEPT + self.name)
        return json.loads(kept) if kept else {}


def exported(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Export: what you wrote").click()
    return json.loads(download.value.path().read_text(encoding="utf-8"))
