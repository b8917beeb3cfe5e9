"""Rehearsal and review, as a reader goes through them."""

import json
import re

from playwright.sync_api import expect

CARD = "answers.study.card."
RATINGS = {1: "Again", 2: "Hard", 3: "Good", 4: "Easy"}


class Recall:
    """The cards of a rehearsal or of the review page."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".recall")
        self.where = self.root.locator(".recall-where")
        self.front = self.root.locator(".recall-front")
        self.back = self.root.locator(".recall-back")
        self.status = self.root.locator("> .live-bar").get_by_role("status")

    def button(self, name):
        return self.root.get_by_role("button", name=re.compile(f"^{name}"))

    def reveal(self):
        """By keyboard."""
        expect(self.button("Reveal")).to_be_visible()
        self.page.keyboard.press(" ")
        expect(self.back).to_be_focused()
        expect(self.button("Good")).to_be_visible()

    def rate(self, rating):
        """Reveal and rate by keyboard; what is said."""
        expect(self.button("(Reveal|Good)")).to_be_visible()
        if self.button("Reveal").count():
            self.reveal()
        before = self.where.inner_text()
        self.page.keyboard.press(str(rating))
        expect(self.where).not_to_have_text(before)
        return self.status.inner_text()


def card(page, id):
    """What the browser keeps of a card."""
    kept = page.evaluate("key => localStorage.getItem(key)", CARD + id)
    return json.loads(kept) if kept else {}


def keep(page, entries):
    """Let the browser keep these entries, and no others of ours."""
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in entries.items()}
    page.evaluate("texts => { localStorage.clear(); Object.assign(localStorage, texts) }", texts)
