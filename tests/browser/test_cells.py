"""What a reader does with a cell: run, stop, edit, reset; and what can go wrong."""

import gzip
import json
import re
import socket

import pytest
from cells import AT, SECONDS, Cell, name_of, responses
from looks import FINE, LOOKS, UNFOLD, wrong_in_each_look
from playwright.sync_api import expect

from answers.pages import ROOT
from conftest import configure

QUESTION = "questions/08-broadcasting/"  # no formula, which makes a page heavy
FORMULAS = "questions/06-softmax-cross-entropy/"
ANOTHER = "questions/01-backpropagation/"
OURS = "/live-|/start.js"

# From now on, `stall` is the longest task of the page, in ms; the browser tells of those above 50.
WATCH = """() => {
  window.stall = 0
  window.tasks ??= new PerformanceObserver(list => {
    for (const task of list.getEntries()) stall = Math.max(stall, task.duration)
  })
  tasks.observe({ type: "longtask" })
}"""

# Python starts anew, as after Stop, if it has begun.
RESTART = """async () => {
  const { python } = await import($at("python.js"))
  if (python.started) python.stop()
}""".replace("$at", AT)

# Press Stop, and wait until the cell says that it stopped; in ms.
STOP = """block => new Promise(done => {
  const start = performance.now()
  const bar = block.querySelector(".live-bar")
  const said = bar.querySelector("[role=status]")
  new MutationObserver(() => {
    if (said.textContent.startsWith("Stopped")) done(performance.now() - start)
  }).observe(said, { childList: true, subtree: true, characterData: true })
  Array.from(bar.querySelectorAll("button")).find(b => b.textContent == "Stop").click()
})"""


@pytest.fixture
def page(warm):
    """A page with its folded parts open."""
    page = warm(QUESTION)
    page.evaluate(UNFOLD)
    return page


# Before Run


def test_before_anything_is_pressed_a_page_loads_little_and_nothing_of_python(visit_live):
    loaded = responses(visit_live, FORMULAS)
    ours = {name_of(r): r.body() for r in loaded if re.search(OURS, r.url)}
    assert ours.keys() == {
        "start.js",
        "elements.js",
        "cell_buttons.js",
        "explorers.js",
        "exercise_buttons.js",
        "rehearse_button.js",
        "shelf.js",
        "store.js",
    }
    assert sum(len(gzip.compress(body)) for body in ours.values()) < 10_000
    elsewhere = "pyodide|codemirror|wheels|katex.min.js"
    assert not [r.url for r in loaded if re.search(elsewhere, r.url)]


def test_beside_the_first_run_stands_whom_it_asks(visit):
    host = json.loads((ROOT / "docs/live/config.json").read_text())["pyodide"].split("/")[2]
    told = f"11+ MB come from {host}."
    for look in LOOKS:
        page = visit(FORMULAS, look)
        page.evaluate(UNFOLD)
        bars = page.locator(".highlight.live > .live-bar")
        expect(bars.first.get_by_role("status")).to_have_text(told)
        expect(bars.nth(1).get_by_role("status")).to_have_text("")
        # Those who unfold nothing are told, too.
        seen = page.locator(".highlight.live:not(details *) > .live-bar").first
        expect(seen.get_by_role("status")).to_have_text(told)
        heights = bars.evaluate_all("bars => bars.map(bar => bar.offsetHeight)")
        assert heights[0] == heights[1]


def test_where_python_has_been_loaded_nobody_is_named(visit):
    loaded = "localStorage.setItem('answers.python', 'loaded')"
    page = visit(FORMULAS, first=lambda page: page.add_init_script(loaded))
    page.evaluate(UNFOLD)
    expect(page.locator(".highlight.live > .live-bar").first.get_by_role("status")).to_have_text("")


def test_a_page_without_cells_loads_a_few_lines(visit_live):
    loaded = responses(visit_live, "tags/")
    (ours,) = (r.url for r in loaded if re.search(OURS, r.url))
    assert "/start.js?" in ours


def test_without_javascript_a_cell_is_a_fence(browser, live_site):
    page = browser.new_page(java_script_enabled=False)
    page.goto(live_site.url + QUESTION)
    cell = page.locator(".highlight.live").first
    assert "import" in cell.inner_text()
    assert not cell.locator("button").count()
    assert cell.evaluate("cell => getComputedStyle(cell).paddingBottom") == "0px"
    page.close()


@pytest.mark.parametrize("look", ["light", "phone"])
def test_the_bar_of_a_cell_moves_nothing(visit_live, look):
    watch = """
      window.shifts = 0
      new PerformanceObserver(list => { for (const e of list.getEntries()) shifts += e.value })
        .observe({ type: "layout-shift", buffered: true })"""
    page = visit_live(FORMULAS, look, first=lambda page: page.add_init_script(watch))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("shifts") < 0.01


# Run

LOADING = r" \(loading: \d+\.\d s\)"
DONE = rf"Done in \d+\.\d s({LOADING})?"


def test_a_cell_runs_those_it_needs_first_once_and_what_it_prints_replaces_what_was_shown(page):
    # It uses what cells 1 and 8 bind, and nothing of the other six above it.
    cell = Cell(page, 9)
    text = cell.block.locator("+ .output").inner_text()
    assert re.fullmatch(rf"{DONE}\. Ran 2 cells above first\.", cell.run())
    assert cell.printed.strip() == text.strip()
    shown = page.locator(".output", has_text=text.splitlines()[0])
    assert shown.locator("visible=true").count() == 1
    ran = [n for n in range(1, 9) if Cell(page, n).printed != "[nothing was printed]"]
    assert ran == [1, 8]
    for number in (4, 10):  # which need 1; 1, 8 and 9
        assert re.fullmatch(rf"{DONE}\.", Cell(page, number).run())


def test_a_changed_cell_above_runs_again(page):
    first, second = Cell(page, 1), Cell(page, 2)
    first.write("seen = 1")
    second.write("print(seen)")
    assert "Ran 1 cell above" in second.run()
    first.write("seen = 2")
    assert "Ran 1 cell above" in second.run()
    assert second.printed == "2\n"
    assert "above" not in second.run()


def test_what_ran_since_does_not_show_in_a_cell_that_is_run_again(page):
    lines = ["x = [1]", "x.append(2)", "print(x)", "x = 'another'"]
    _, second, third, fourth = cells = [Cell(page, number) for number in range(1, 5)]
    for cell, line in zip(cells, lines, strict=True):
        cell.write(line)
    assert "Ran 2 cells above" in third.run()
    assert third.printed == "[1, 2]\n"
    fourth.run()
    assert "Ran 2 cells above" in third.run()
    assert third.printed == "[1, 2]\n"
    assert "Ran 1 cell above" in second.run()
    assert "above" not in third.run()
    assert third.printed == "[1, 2]\n"


def test_a_cell_below_an_error_does_not_run(page):
    Cell(page, 1).write("x = 1 / 0")
    second = Cell(page, 2)
    second.write("print(x)")
    assert second.run() == "Not run: cell 1 above ended in an error."
    expect(Cell(page, 1).block.get_by_text("Cell 1", exact=True)).to_be_visible()
    assert Cell(page, 1).complaint.endswith("ZeroDivisionError: division by zero\n")


def test_an_error_is_told_with_the_lines_of_cells_alone_and_carets_under_what_is_wrong(page):
    Cell(page, 1).write("def f(x):\n    return g(x)")
    cell = Cell(page, 2)
    cell.write("from answers.probability.softmax import softmax\n\ng = softmax\nf([1.0, 2.0])")
    assert cell.run().startswith("Error after")
    lines = cell.complaint.splitlines()
    places = [line for line in lines if line.startswith("  File ")]
    assert places == [
        '  File "cell 2", line 4, in <module>',
        '  File "cell 1", line 2, in f',
    ]
    assert "    return g(x)" in lines
    assert "pass np.array(x) instead" in lines[-1]
    assert lines.count("Traceback (most recent call last):") == 1
    cell.write("x = undefined_thing")  # on the last line, too
    cell.run()
    _, _, line, carets, _ = cell.complaint.splitlines()
    assert carets == " " * line.index("u") + "^" * len("undefined_thing")


def test_while_python_loads_the_cell_says_how_much_and_can_be_stopped(warm_beside):
    page = warm_beside(QUESTION)
    page.evaluate(UNFOLD)
    page.evaluate(RESTART)
    page.evaluate("""() => {
      window.said = new Set()
      const bar = document.querySelector(".highlight .live-status")
      new MutationObserver(() => said.add(bar.textContent))
        .observe(bar, { childList: true, subtree: true, characterData: true })
    }""")
    cell = Cell(page, 1)
    # Python cannot be there before it has been seen to come.
    held, wheels = [], []
    page.route("**/pyodide.asm.wasm", lambda route: held.append(route))
    page.on("request", lambda r: wheels.append(r.url) if r.url.endswith(".whl") else None)
    cell.button("Run").click()
    cell.button("Stop").click()
    assert cell.wait().startswith("Stopped after")
    assert "Running" not in page.evaluate("[...said].join()")
    cell.button("Run").click()
    downloading = r"Downloading Python from [\w.:]+, once for all pages… \d+\.\d of \d+\.\d MB"
    expect(cell.block.locator(".live-status")).to_have_text(re.compile(downloading))
    # Packages come while Python starts, and do not keep it waiting for its own files.
    assert not wheels
    held[-1].continue_()
    page.unroute_all()
    # The time for loading is told by itself, as this run, the first that ended, has loaded Python.
    assert re.fullmatch(rf"Done in \d+\.\d s{LOADING}\..*", cell.wait())
    said = page.evaluate("[...said].join('\\n')")
    assert re.search(r"Running… \d+\.\d s", said)
    assert not re.search(r"Running.* of .* MB", said)
    assert wheels


def test_a_page_with_cells_that_read_weights_loads_none_before_a_press(visit_live):
    loaded = responses(visit_live, "questions/14-kv-cache/")
    assert [r.url for r in loaded if "cell_buttons.js" in r.url]
    assert not [r.url for r in loaded if "gpt.npz" in r.url]


GREEDY = """
from answers.transformers.gpt_numpy import decode, encode, generate, load_weights
print(decode(generate(encode("The white w"), 4, load_weights())[0]))
"""


def test_weights_come_with_the_first_run_that_reads_them_and_once(warm_beside):
    page = warm_beside(QUESTION)
    page.evaluate(UNFOLD)
    page.evaluate(RESTART, page.url)
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "gpt.npz" in r.url else None)
    cell = Cell(page, 1)
    cell.write("from answers.transformers.gpt_numpy import encode\nprint(encode('A'))")
    cell.run()
    assert cell.printed == "[[65]]\n"
    assert asked == []
    cell.write(GREEDY)
    for _ in range(2):
        assert cell.run().startswith("Done")
        assert cell.printed == "The white whale\n"
    assert len(asked) == 1


ERRORS = {
    "def f(:\n": "SyntaxError: invalid syntax",
    "import sys\nsys.exit(3)": "SystemExit: 3",
    "input()": "EOFError: nobody types here",
    "import torch": "PyTorch and others do not run in a browser",
    "from answers.networks.two_layer_net_torch import TwoLayerNet": "PyTorch and others do not",
    "def f():\n    return f()\n\nf()": "RecursionError: maximum recursion depth",
    "[bytearray(2**31 - 9) for _ in range(3)]": "MemoryError",
}


def test_an_error_leaves_python_alive(warm_beside):
    page = warm_beside(QUESTION)
    page.evaluate(UNFOLD)
    first, second, third = (Cell(page, number) for number in (1, 2, 3))
    first.write("kept = 5")
    second.write("print(kept)")
    second.run()
    for code, message in ERRORS.items():
        third.write(code)
        third.run()
        assert message in third.complaint
        assert "above" not in second.run()


# What is written, what it prints, and what is in its complaint.
TOLD = [
    ("import warnings\nwarnings.warn('of what?')\nprint(1)", "1\n", "of what?"),
    ("import numpy as np\nnp.arange(3)", "array([0, 1, 2])\n", ""),
    (
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError(3) from error",
        "",
        "ZeroDivisionError: division by zero\n\nThe above exception was the direct cause",
    ),
    (
        "import inspect\nfrom answers.probability.softmax import softmax\n"
        "print('def softmax(' in inspect.getsource(softmax))",
        "True\n",
        "",
    ),
    (  # an included section, which is no cell above, is the answer itself
        "import answers.networks.broadcasting as own\n"
        "print(broadcast_shape is own.broadcast_shape)",
        "True\n",
        "",
    ),
]


def test_a_cell_shows_its_value_its_warnings_and_where_its_errors_came_from(page):
    cell = Cell(page, 2)
    for text, printed, complaint in TOLD:
        cell.write(text)
        assert "above" not in cell.run()
        assert cell.printed == printed
        assert complaint in cell.complaint
        assert bool(complaint) == bool(cell.complaint)


def test_a_derivation_is_typeset_as_the_page_shows_it_and_reset_brings_that_back(warm):
    page = warm(FORMULAS)
    page.evaluate(UNFOLD)
    cell = Cell(page, 1)
    committed = page.locator(".equation:has(+ .derivation)").first
    text, code = committed.inner_text(), cell.block.locator("pre > code").inner_html()
    shown = committed.locator(".katex-html").inner_html()
    assert "<span></span>" not in shown  # answers.site.lean_code has left them out
    size = committed.locator(".katex-html").bounding_box()
    cell.run()
    typeset = page.locator(".live-output .katex-html").inner_html()
    # Chromium rounds the lengths that a script sets; the boxes below are the same.
    style = re.compile(r' style="[^"]*"| class=""')
    assert style.sub("", typeset).replace("<span></span>", "") == style.sub("", shown)
    now = page.locator(".live-output .katex-html").bounding_box()
    assert (now["width"], now["height"]) == (size["width"], size["height"])

    assert not cell.button("Reset").is_visible()
    cell.write("print('100 % of it & more')")
    cell.run()
    assert cell.printed == "100 % of it & more\n"  # which is no TeX
    cell.button("Reset").click()
    expect(cell.button("Edit")).to_be_focused()
    assert not cell.editor.count()
    assert cell.block.locator("pre > code").inner_html() == code
    assert committed.inner_text() == text
    cell.run()
    assert "aligned" in cell.printed

    for number in range(1, 4):
        Cell(page, number).write("pass")
    cell = Cell(page, 4)
    cell.write("import sympy as sp\n\nx = sp.Symbol('x')\nsp.Integral(sp.exp(x) / 2, x)")
    cell.run()
    assert cell.printed == "\\int \\frac{e^{x}}{2}\\, dx\n"
    formula = page.locator(".live-output .katex-display").last
    assert formula.bounding_box()["height"] > 20


def test_cells_that_have_run_are_accessible_and_fit(warm):
    page = warm(FORMULAS)
    page.evaluate(UNFOLD)
    Cell(page, 2).write("pass")
    cells = [Cell(page, number) for number in (1, 3, 4)]
    cells[-1].write("print('wide ' * 99)\nfor n in range(99):\n    print(n)\n1 / 0")

    # In each look, as what scrolls is measured then. The rest of the page, test_every_page sees.
    def run():
        for cell in cells:
            cell.run()

    assert wrong_in_each_look(page, ".highlight.live, .live-output", run) == FINE


# Stop, and what does not end


ENDLESS = "while True:\n    print('on and on')"


@pytest.mark.alone
def test_stop_ends_an_endless_loop_at_once_and_the_page_never_freezes(page):
    quick, endless = Cell(page, 1), Cell(page, 2)
    quick.write("print(2)")
    endless.write(ENDLESS)
    stalls, stops = [1000], [1000]
    # Others use this machine too.
    while (min(stalls) > 50 or min(stops) > 300) and len(stops) < 9:
        # A worker that is just loaded has all cores compile Python.
        assert quick.run().startswith("Done")
        assert quick.printed == "2\n"
        page.evaluate(WATCH)
        endless.button("Run").click()
        page.locator(".live-output", has_text="Too much output").wait_for()
        stops.append(endless.block.evaluate(STOP))
        stalls.append(page.evaluate("stall"))
        assert "variables are gone" in endless.wait()
    assert quick.run().startswith("Done")
    assert min(stalls) < 50, stalls
    assert min(stops) < 300, stops


def test_an_endless_cell_is_capped_alone_and_stopped_by_keyboard(page):
    above, endless, other = (Cell(page, number) for number in (1, 2, 3))
    above.write("import colorsys")
    endless.write(f"import numpy\ncolorsys.ONE_THIRD\n{ENDLESS}")
    endless.button("Run").focus()
    page.keyboard.press("Enter")
    page.locator(".live-output", has_text="Too much output").wait_for()
    assert len(endless.printed) < 60_000
    assert endless.printed.count("\n") < 1100
    other.button("Run").click()
    expect(other.status).to_have_text("Busy with Python cell 2: stop that, or wait for its end.")
    endless.button("Run").focus()
    page.keyboard.press("Tab")
    expect(endless.button("Stop")).to_be_focused()
    page.keyboard.press("Enter")
    assert endless.wait().startswith("Stopped after")
    expect(endless.button("Run")).to_be_focused()
    # The new Python has got ready for more of the same, and for what the cell above imports.
    above.write("import sys\nprint([name in sys.modules for name in ('numpy', 'colorsys')])")
    above.run()
    assert above.printed == "[True, True]\n"
    endless.write("print('x' * 10**7)")
    endless.run()
    assert 10_000 < len(endless.printed) < 60_000


def test_what_was_printed_before_an_endless_loop_is_seen_and_leaving_it_is_safe(page):
    cell = Cell(page, 1)
    cell.write("for n in range(20):\n    print(n)\nwhile True:\n    pass")
    cell.button("Run").click()
    page.locator(".live-output", has_text="19").wait_for()
    page.locator(".md-footer__link--next, .md-footer__link--prev").first.click()
    # The address changes before the page does.
    title = page.locator("h1")
    expect(title).not_to_have_text(re.compile("Broadcasting in NumPy"))
    page.go_back()
    expect(title).to_have_text(re.compile("Broadcasting in NumPy"))
    expect(cell.button("Run")).to_be_visible()
    cell.write("print(3)")
    assert cell.run().startswith("Done")
    assert cell.printed == "3\n"


# Edit and Reset, by keyboard too


def test_a_cell_can_be_used_by_keyboard_alone(page):
    cell = Cell(page, 1)
    cell.button("Run").focus()
    page.keyboard.press("Tab")
    expect(cell.button("Edit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell.editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("print(6 * 7")
    page.keyboard.press("Control+Enter")
    cell.status.get_by_text("Done").wait_for()
    assert cell.printed == "42\n"
    page.keyboard.press("Control+a")
    page.keyboard.type("print(6 * 8")
    page.keyboard.press("Shift+Enter")
    page.locator(".live-output", has_text="48").wait_for()
    page.keyboard.press("Tab")
    expect(cell.editor).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(cell.button("Run")).to_be_focused()


def test_an_edit_survives_a_reload_until_it_is_reset(visit_live):
    page = visit_live(QUESTION)
    original = Cell(page, 2).block.locator("code").text_content()
    page.evaluate(UNFOLD)
    Cell(page, 2).write("mine = 2")

    def reset(cell):
        cell.button("Reset").click()
        expect(cell.status).to_have_text("As it was.")  # its code may have to come first

    for text, said, write in [
        ("mine = 2", "Edited.", reset),
        (original, "", lambda cell: cell.write("mine = 3")),
        ("mine = 3", "Edited.", lambda cell: cell.write(original.rstrip())),
        (original, "", lambda cell: None),
    ]:
        page.reload()
        cell = Cell(page, 2)
        expect(cell.status).to_have_text(said)
        expect(cell.button("Reset")).to_be_visible(visible=bool(said))
        assert cell.block.locator("code").text_content() == text
        assert "Edited" not in Cell(page, 1).status.text_content()
        page.evaluate(UNFOLD)
        write(cell)
    assert page.evaluate("localStorage.length") == 0


EDITOR = ["editor.js", "codemirror.js"]


def test_the_editor_loads_when_it_is_asked_for(visit_live):
    page = visit_live(QUESTION)
    page.evaluate(UNFOLD)
    loaded = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    Cell(page, 1).button("Edit").click()
    expect(Cell(page, 1).editor).to_be_focused()
    numbers = page.locator(".cm-lineNumbers .cm-gutterElement:visible").all_inner_texts()
    lines = Cell(page, 1).editor.locator(".cm-line")
    assert numbers == [str(n) for n in range(1, lines.count() + 1)]
    # The page's own scripts and its icon may come from the cache or anew.
    assert list(dict.fromkeys(name for name in loaded if name in EDITOR)) == EDITOR
    assert not [name for name in loaded if "pyodide" in name or "worker" in name]


# From page to page, and tab to tab


def python_workers(page):
    """Those of Python; the search of the site may have one of its own."""
    return [worker for worker in page.workers if "/worker.js" in worker.url]


def test_python_stays_warm_from_page_to_page(warm):
    page = warm(ANOTHER)
    page.evaluate("window.stayed = true")
    cell = Cell(page, 1)
    cell.write("import numpy\nmine = 1")
    cell.run()
    (worker,) = python_workers(page)
    page.locator(".md-footer__link--next").click()
    page.locator("h1", has_text="Forward and backward").wait_for()
    other = Cell(page, 1)
    other.button("Run").wait_for()
    other.write("print('mine' in globals())")
    assert other.run().startswith("Done in ")
    assert other.printed == "False\n"
    page.go_back()
    page.locator("h1", has_text="Backpropagation in NumPy").wait_for()
    again = Cell(page, 1)
    expect(again.button("Reset")).to_be_visible()
    assert "mine = 1" in again.block.locator("pre").inner_text()
    again.write("import numpy\nprint(mine)")
    assert again.run().startswith("Done in ")
    assert again.printed == "1\n"
    assert page.evaluate("stayed")
    assert python_workers(page) == [worker]


def test_tabs_are_independent(warm, warm_beside):
    cells = [Cell(visit(QUESTION), 1) for visit in (warm, warm_beside)]
    for number, cell in enumerate(cells):
        cell.write(f"mine = globals().get('mine', {number})\nprint(mine)")
    cells[0].button("Run").click()
    cells[1].run()
    cells[0].wait()
    assert [cell.printed for cell in cells] == ["0\n", "1\n"]


# What cannot be loaded

CODE = "from answers.transformers.gpt_numpy import load_weights\nprint(7)"


@pytest.fixture
def loose(browser, live_site):
    """The first cell of a page on which downloads may fail."""
    page = browser.new_page(**LOOKS["light"])
    page.set_default_timeout(SECONDS * 1000)
    page.goto(live_site.url + QUESTION)
    page.evaluate(UNFOLD)
    yield Cell(page, 1)
    page.close()


def changed(route):
    """One changed byte."""
    response = route.fetch()
    body = bytearray(response.body())
    body[len(body) // 2] ^= 1
    route.fulfill(response=response, body=bytes(body))


def missing(route):
    route.fulfill(status=404)


def lost(route):
    route.abort()


REFUSED = r"is not the file that was tested, so it was refused\."
ANSWERED = r"could not be loaded from \S+: the server answered 404\."
WASM = r"pyodide\.asm\.wasm"
FAULTS = [
    ("worker.js", missing, r"could not be loaded from \S+\."),
    ("hashes.json", missing, ANSWERED),
    ("config.json", changed, REFUSED),
    ("worker.py", missing, ANSWERED),
    ("needs.py", changed, REFUSED),
    ("answers.json", changed, REFUSED),
    ("pyodide.mjs", changed, REFUSED),
    ("pyodide.asm.js", changed, REFUSED),
    (WASM, changed, REFUSED),
    (WASM, missing, ANSWERED),
    (WASM, lost, r"could not be loaded from \S+: Failed to fetch\."),
    ("python_stdlib.zip", changed, REFUSED),
    ("beartype-.*whl", changed, REFUSED),
    (r"gpt\.npz", changed, REFUSED),
]


def test_a_missing_module_is_told_and_can_be_retried(loose):
    for name, button in {
        "cell.js": "Run",
        "output.js": "Run",
        "talk.js": "Run",
        "python.js": "Run",
        "editor.js": "Edit",
        "codemirror.js": "Edit",
    }.items():
        loose.page.route(f"**/{name}", missing)
        loose.button(button).click()
        told = rf"It could not be loaded: for \S*/{name}, .* Press {button} to try again, or"
        expect(loose.status).to_have_text(re.compile(told))
        loose.page.unroute_all()
    loose.write("print(7)")


def test_a_file_that_does_not_come_or_is_another_is_named_and_can_be_retried(loose, live_site):
    loose.write(CODE)
    for name, fault, told in FAULTS:
        loose.page.route(re.compile(f"/{name}$"), fault)
        said = loose.run()
        told = rf"{name} (from \S+ )?{told} Press Run to try again, or Reload\."
        assert re.fullmatch(told, said), said
        loose.page.unroute_all()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        configure(live_site, pyodide=where, patience=1)
        said = loose.run()
        configure(live_site, pyodide="../../pyodide/", patience=30)
    told = r"\S+ could not be loaded from \S+: nothing came for 1 s\. Press Run.*"
    assert re.fullmatch(told, said), said
    assert loose.run().startswith("Done")
    assert loose.printed == "7\n"
