"""An explorer of a page, as a reader uses it."""

from playwright.sync_api import expect

from answers import explorers
from answers.site.explorer_fence import facts


class Explorer:
    """The explorer of a page, as a reader uses it."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".explorer")
        self.inputs = self.root.locator("input")
        self.status = self.root.locator(".live-bar").get_by_role("status")
        self.facts = self.root.locator(".explorer-facts")
        self.start = self.root.get_by_role("button", name="Explore")

    def explore(self):
        self.start.click()
        self.inputs.first.wait_for()

    def shows(self, name, places):
        """Whether it shows what the package computes here, with the sliders at these places."""
        seen = explorers.at(name, places)
        expect(self.facts).to_have_text(facts(list(seen["facts"])))
        for index, text in enumerate(seen["values"]):
            expect(self.inputs.nth(index)).to_have_attribute("aria-valuetext", text)
        ours = self.root.locator("svg[role=img]").get_attribute("aria-label")
        assert f'aria-label="{ours}"' in seen["svg"]
