"""The cells of a page, as a reader uses them."""

from playwright.sync_api import Locator, Page

# Ten times what Python needs to load and to run a page.
SECONDS = 120

# In a page: the address of one of the site's modules.
AT = """(name => {
  const [, build] = document.querySelector("[src*='start.js?']").src.split("?")
  return new URL(`live-${build}/${name}`, __md_scope)
})"""

PRINTED = """(block, stream) => {
  const output = block.nextElementSibling
  if (!output.matches(".live-output")) return "[nothing was printed]"
  const tex = part => part.querySelector("annotation").textContent + "\\n"
  return Array.from(output.children)
    .filter(part => (part.dataset.stream ?? "stdout") == stream)
    .map(part => part.matches(".equation") ? tex(part) : part.textContent).join("")
}"""


def name_of(response) -> str:
    """The name of the file that came."""
    return response.url.partition("?")[0].rpartition("/")[2]


def responses(visit, path: str) -> list:
    """What a page asks for as it is loaded, before anything is pressed."""
    loaded = []
    page = visit(path, first=lambda page: page.on("response", lambda r: loaded.append(r)))
    page.wait_for_load_state("networkidle")
    return loaded


class Cell:
    """The cell of that number on a page, from 1."""

    def __init__(self, page: Page, number: int | str):
        """`number` may be another name than a number."""
        self.page, self.number = page, number
        name = f"Run: Python cell {number}"
        named = page.get_by_role("button", name=name, exact=True, include_hidden=True)
        self.block = page.locator(".highlight.live", has=named)
        self.status = self.block.get_by_role("status")
        self.editor = self.block.get_by_role("textbox")

    def button(self, name: str) -> Locator:
        """A button; a cell that derives a formula is unfolded first."""
        self.block.evaluate("block => block.closest('details')?.setAttribute('open', '')")
        return self.block.get_by_role("button", name=f"{name}: Python cell {self.number}")

    def run(self, button: str = "Run") -> str:
        """What the cell says when it has run."""
        self.button(button).click()
        return self.wait()

    def wait(self) -> str:
        """What the cell says when nothing runs any more."""
        self.block.locator("button[aria-disabled=false]").wait_for(timeout=SECONDS * 1000)
        return self.status.inner_text()

    def write(self, text: str) -> None:
        """Let the editor hold `text` and nothing else."""
        if not self.editor.count():
            self.button("Edit").click()
        self.editor.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    @property
    def printed(self) -> str:
        """What it printed, and the TeX of its formulas."""
        return self.block.evaluate(PRINTED, "stdout")

    @property
    def complaint(self) -> str:
        """What it printed to standard error: warnings, tracebacks."""
        return self.block.evaluate(PRINTED, "stderr")
