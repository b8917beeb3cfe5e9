"""What a reader does with a cell: run, stop, edit, reset; and what can go wrong."""

import re
import socket

import pytest
from cells import Cell, responses
from looks import LOOKS, UNFOLD, violations
from playwright.sync_api import expect

QUESTION = "questions/06-softmax-cross-entropy/"
ANOTHER = "questions/01-backpropagation/"
SHARES = "questions/05-gradient-checking/"  # its cells share names

# From now on, `stall` is the longest task of the page, in ms; the browser tells of those above 50.
WATCH = """() => {
  window.stall = 0
  window.tasks ??= new PerformanceObserver(list => {
    for (const task of list.getEntries()) stall = Math.max(stall, task.duration)
  })
  tasks.observe({ type: "longtask" })
}"""

# Press Stop, and wait until the cell says that it stopped; in ms.
STOP = """() => new Promise(done => {
  const start = performance.now()
  const bar = document.querySelector(".live-bar")
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


def test_before_run_a_page_loads_little_and_nothing_of_python_or_the_editor(visit_live):
    loaded = responses(visit_live, QUESTION)
    ours = [r for r in loaded if "/live/" in r.url]
    assert {"start.js", "cell_buttons.js"} <= {r.url.rpartition("/")[2] for r in ours}
    assert sum(r.request.sizes()["responseBodySize"] for r in ours) < 10_000
    absent = "pyodide|codemirror|wheels|live/worker|editor|/cell.js|python.js|katex.min.js"
    assert not [r.url for r in loaded if re.search(absent, r.url)]


def test_a_page_without_cells_loads_a_few_lines(visit_live):
    loaded = responses(visit_live, "tags/")
    (ours,) = (r.url for r in loaded if "/live/" in r.url)
    assert ours.endswith("/start.js")


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
    page = visit_live(QUESTION, look, first=lambda page: page.add_init_script(watch))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("shifts") < 0.01


# Run


def test_what_is_printed_stands_in_place_of_what_the_page_shows(page):
    cell = Cell(page, 4)
    committed = page.locator(".highlight.live + .output").first
    text = committed.inner_text()
    cell.run()
    assert cell.printed.strip() == text.strip()
    assert (
        page.locator(".output", has_text=text.splitlines()[0]).locator("visible=true").count() == 1
    )


def test_a_cell_runs_those_above_first_once_and_says_so(page):
    assert re.fullmatch(r"Done in \d+\.\d s\. Ran 3 cells above first\.", Cell(page, 4).run())
    for number in range(1, 5):
        assert Cell(page, number).printed
    assert re.fullmatch(r"Done in \d+\.\d s\.", Cell(page, 4).run())
    assert re.fullmatch(r"Done in \d+\.\d s\. Ran 1 cell above first\.", Cell(page, 6).run())


def test_a_changed_cell_above_runs_again(page):
    first, second = Cell(page, 1), Cell(page, 2)
    first.write("seen = 1")
    second.write("print(seen)")
    assert "Ran 1 cell above" in second.run()
    first.write("seen = 2")
    assert "Ran 1 cell above" in second.run()
    assert second.printed == "2\n"
    assert "above" not in second.run()


def test_a_cell_below_an_error_does_not_run(page):
    Cell(page, 1).write("1 / 0")
    second = Cell(page, 2)
    second.write("print(1)")
    assert second.run() == "Not run: cell 1 above ended in an error."
    assert Cell(page, 1).complaint.endswith("ZeroDivisionError: division by zero\n")


def test_an_error_is_told_with_the_lines_of_cells_alone(page):
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


def test_an_error_on_the_way_to_another_is_told_too(page):
    cell = Cell(page, 1)
    cell.write(
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError(3) from error"
    )
    cell.run()
    assert "ZeroDivisionError" in cell.complaint
    assert "direct cause" in cell.complaint


ERRORS = {
    "def f(:\n": "SyntaxError: invalid syntax",
    "import sys\nsys.exit(3)": "SystemExit: 3",
    "input()": "EOFError: nobody types here",
    "import torch": "PyTorch and others do not run in a browser",
    "from answers.networks.two_layer_net_torch import TwoLayerNet": "PyTorch and others do not",
    "def f():\n    return f()\n\nf()": "RecursionError: maximum recursion depth",
    "[bytearray(2**31 - 9) for _ in range(3)]": "MemoryError",
}


def test_an_error_leaves_python_alive(visit_live):
    page = visit_live(QUESTION)  # its Python keeps the memory that it asks for
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


def test_a_warning_is_told(page):
    cell = Cell(page, 1)
    cell.write("import warnings\nwarnings.warn('of what?')\nprint(1)")
    assert cell.run().startswith("Done")
    assert "of what?" in cell.complaint
    assert cell.printed == "1\n"


def test_the_value_of_the_last_line_is_shown(page):
    cell = Cell(page, 4)
    for number in range(1, 4):
        Cell(page, number).write("pass")
    cell.write("import numpy as np\nnp.arange(3)")
    cell.run()
    assert cell.printed == "array([0, 1, 2])\n"


def test_an_object_of_sympy_is_typeset(page):
    for number in range(1, 4):
        Cell(page, number).write("pass")
    cell = Cell(page, 4)
    cell.write("import sympy as sp\n\nx = sp.Symbol('x')\nsp.Integral(sp.exp(x) / 2, x)")
    cell.run()
    assert cell.printed == "\\int \\frac{e^{x}}{2}\\, dx\n"
    formula = page.locator(".live-output .katex-display")
    assert formula.bounding_box()["height"] > 20


def test_a_derivation_is_typeset_as_the_page_shows_it(page):
    cell = Cell(page, 1)
    committed = cell.block.locator("+ .equation")
    shown = committed.locator(".katex-html").inner_html()
    assert "<span></span>" not in shown  # answers.site.lean_code has left them out
    size = committed.bounding_box()
    cell.run()
    typeset = page.locator(".live-output .katex-html").inner_html()
    assert typeset.replace("<span></span>", "") == shown
    now = page.locator(".live-output .equation").bounding_box()
    assert (now["width"], now["height"]) == (size["width"], size["height"])


def test_what_is_no_tex_where_a_formula_was_is_text(page):
    cell = Cell(page, 1)
    cell.write("print('100 % of it & more')")
    cell.run()
    assert cell.printed == "100 % of it & more\n"


def test_the_source_of_an_answer_can_be_read(page):
    cell = Cell(page, 1)
    cell.write(
        "import inspect\nfrom answers.probability.softmax import softmax\n"
        "print(inspect.getsource(softmax))"
    )
    cell.run()
    assert "def softmax(" in cell.printed


def test_an_included_section_is_the_answer_itself(warm):
    page = warm(SHARES)
    cell = Cell(page, 3)
    cell.write("import answers.gradient_check as own\nprint(check_gradient is own.check_gradient)")
    assert "Ran 2 cells" in cell.run()
    assert cell.printed == "True\n"


def test_while_python_loads_the_cell_says_how_much_and_can_be_stopped(visit_live):
    page = visit_live(QUESTION)
    page.evaluate(UNFOLD)
    page.evaluate("""() => {
      window.said = new Set()
      const bar = document.querySelector(".live-status")
      new MutationObserver(() => said.add(bar.textContent))
        .observe(bar, { childList: true, subtree: true, characterData: true })
    }""")
    cell = Cell(page, 1)
    cell.button("Run").click()
    cell.button("Stop").click()
    assert cell.wait().startswith("Stopped after")
    assert "Running" not in page.evaluate("[...said].join()")
    assert cell.run().startswith("Done")
    said = page.evaluate("[...said].join('\\n')")
    assert re.search(r"Loading Python… \d+\.\d of \d+\.\d MB", said)
    assert re.search(r"Running… \d+\.\d s", said)


# Stop, and what does not end


@pytest.fixture
def endless(page):
    """A cell that prints without end."""
    cell = Cell(page, 1)
    cell.write("while True:\n    print('on and on')")
    return cell


@pytest.mark.alone
def test_stop_ends_an_endless_loop_at_once_and_the_page_never_freezes(page, endless):
    stalls, stops = [1000], [1000]
    for _ in range(8):
        page.evaluate(WATCH)
        endless.button("Run").click()
        page.locator(".live-output", has_text="Too much output").wait_for()
        stops.append(page.evaluate(STOP))
        stalls.append(page.evaluate("stall"))
        assert "variables are gone" in endless.wait()
        if min(stalls) < 50 and min(stops) < 300:
            break
        # Others use this machine too; the next worker, which compiles Python on all cores.
        page.wait_for_timeout(5000)
    endless.write("print(2)")
    assert endless.run().startswith("Done")
    assert endless.printed == "2\n"
    assert min(stalls) < 50, stalls
    assert min(stops) < 300, stops


def test_an_endless_cell_is_capped_alone_and_stopped_by_keyboard(page, endless):
    endless.button("Run").focus()
    page.keyboard.press("Enter")
    page.locator(".live-output", has_text="Too much output").wait_for()
    assert len(endless.printed) < 60_000
    assert endless.printed.count("\n") < 1100
    other = Cell(page, 2)
    other.button("Run").click()
    expect(other.status).to_have_text("Another cell is running; stop it first.")
    endless.button("Run").focus()
    page.keyboard.press("Tab")
    expect(endless.button("Stop")).to_be_focused()
    page.keyboard.press("Enter")
    assert endless.wait().startswith("Stopped after")
    expect(endless.button("Run")).to_be_focused()
    endless.write("print('x' * 10**7)")
    endless.run()
    assert 10_000 < len(endless.printed) < 60_000


def test_what_was_printed_before_an_endless_loop_is_seen_and_leaving_it_is_safe(page):
    cell = Cell(page, 1)
    cell.write("for n in range(20):\n    print(n)\nwhile True:\n    pass")
    cell.button("Run").click()
    page.locator(".live-output", has_text="19").wait_for()
    page.locator(".md-footer__link--next, .md-footer__link--prev").first.click()
    page.wait_for_url(lambda url: QUESTION not in url)
    page.go_back()
    page.locator("h1", has_text="Softmax and cross-entropy").wait_for()
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


def test_reset_brings_back_the_text_and_the_output_of_the_page(page):
    cell = Cell(page, 1)
    text, code = (
        cell.block.locator("+ .equation").inner_text(),
        cell.block.locator("pre").inner_html(),
    )
    assert not cell.button("Reset").is_visible()
    cell.write("print(1)")
    cell.run()
    cell.button("Reset").click()
    expect(cell.button("Edit")).to_be_focused()
    assert not cell.editor.count()
    assert cell.block.locator("pre").inner_html() == code
    assert cell.block.locator("+ .equation").inner_text() == text
    cell.run()
    assert "aligned" in cell.printed


EDITOR = ["editor.js", "codemirror.js"]


def test_the_editor_loads_when_it_is_asked_for(visit_live):
    page = visit_live(QUESTION)
    page.evaluate(UNFOLD)
    loaded = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    Cell(page, 1).button("Edit").click()
    expect(Cell(page, 1).editor).to_be_focused()
    # The page's own scripts and its icon may come from the cache or anew.
    assert [name for name in loaded if name in EDITOR] == EDITOR
    assert not [name for name in loaded if "pyodide" in name or "worker" in name]


# From page to page, and tab to tab


def python_workers(page):
    """Those of Python; the search of the site may have one of its own."""
    return [worker for worker in page.workers if "live/worker" in worker.url]


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


def test_tabs_are_independent(warm, visit_live):
    cells = [Cell(visit(SHARES), 1) for visit in (warm, visit_live)]
    for number, cell in enumerate(cells):
        cell.write(f"mine = globals().get('mine', {number})\nprint(mine)")
    cells[0].button("Run").click()
    cells[1].run()
    cells[0].wait()
    assert [cell.printed for cell in cells] == ["0\n", "1\n"]


# What cannot be loaded

CODE = "from answers.probability.softmax import softmax\nprint(7)"


@pytest.fixture
def loose(contexts, live_site):
    """The first cell of a page on which downloads may fail."""
    page = contexts["light"].new_page()
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
WASM, NUMPY = r"pyodide\.asm\.wasm", "numpy-2.0.2.*whl"
FAULTS = [
    ("pyodide.mjs", changed, REFUSED),
    ("pyodide.asm.js", changed, REFUSED),
    (WASM, changed, REFUSED),
    (WASM, missing, ANSWERED),
    (WASM, lost, r"could not be loaded from \S+: Failed to fetch\."),
    ("python_stdlib.zip", changed, REFUSED),
    (NUMPY, changed, REFUSED),
    (NUMPY, missing, ANSWERED),
    ("beartype-.*whl", changed, REFUSED),
]


def test_a_file_that_is_not_what_it_should_be_is_named_and_can_be_retried(loose):
    loose.write(CODE)
    button = "Run"
    for name, fault, message in FAULTS:
        loose.page.route(re.compile(f"/{name}$"), fault)
        said = loose.run(button)
        told = rf"{name} (from \S+ )?{message} Press Retry to try again\."
        assert re.fullmatch(told, said), said
        loose.page.unroute_all()
        button = "Retry"  # what failed comes now, or the next message would be the same
    assert loose.run(button).startswith("Done")
    assert loose.printed == "7\n"
    expect(loose.button("Run")).to_be_visible()


def test_a_server_that_says_nothing_is_given_up_and_can_be_retried(loose):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"http://127.0.0.1:{silent.getsockname()[1]}/"

        def answer(route):
            route.fulfill(json=route.fetch().json() | {"pyodide": where, "patience": 1})

        loose.page.route("**/live/config.json", answer)
        told = r"\S+ could not be loaded from \S+: nothing came for 1 s\. Press Retry.*"
        assert re.fullmatch(told, loose.run())
    loose.page.unroute_all()
    loose.write("print(7)")
    assert loose.run("Retry").startswith("Done")


def test_a_missing_file_of_the_site_is_told_and_can_be_retried(loose):
    for name, told in {
        "cell.js": r"What the button does could not be loaded.*cell\.js",
        "python.js": r"What the button does could not be loaded.*cell\.js",
        "worker.js": "its worker could not be loaded",
        "worker.py": r"worker\.py could not be loaded",
        "config.json": r"config\.json could not be loaded",
        "answers.json": r"answers\.json could not be loaded",
    }.items():
        loose.page.route(f"**/live/{name}", missing)
        loose.status.evaluate("status => { status.textContent = '' }")
        loose.block.locator(".live-button").first.click()
        expect(loose.status).to_have_text(re.compile(f"{told}.* Press \\w+"))
        loose.page.unroute_all()
        if name == "python.js":
            loose.write(CODE)
    loose.run("Retry")
    assert loose.printed == "7\n"


# For everyone


@pytest.mark.parametrize("look", LOOKS)
def test_cells_that_have_run_are_accessible_and_fit(warm, look):
    page = warm(QUESTION, look)
    page.evaluate(UNFOLD)
    Cell(page, 4).run()
    cell = Cell(page, 5)
    cell.write("print('wide ' * 99)\nfor n in range(99):\n    print(n)\n1 / 0")
    cell.run()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
