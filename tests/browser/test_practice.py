"""What a reader does with an exercise in the page: write, check, ask for help, come back later."""

import gzip
import json
import re

import pytest
from cells import SECONDS, Cell, responses
from looks import LOOKS, UNFOLD, violations, wear
from playwright.sync_api import expect

from answers.pages import pages
from answers.practice import catalog
from answers.site import bundle

QUESTION = "questions/06-softmax-cross-entropy/"
ANOTHER = "questions/01-backpropagation/"
FIX_IT = "questions/03-numpy-layers/"
ALL = "practice/"

ENTRY = bundle.exercise("softmax")
STUB, SOLUTION, HINTS = ENTRY["stub"], ENTRY["solution"], ENTRY["hints"]
HEAD = "import numpy as np\n\n\ndef softmax(x, axis=-1):\n"
GLOBAL = f"{HEAD}    p = np.exp(x - x.max())\n    return p / p.sum(axis=axis, keepdims=True)\n"
KEPT = "answers.practice."


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
        lines = self.root.locator(".cm-line").all_inner_texts()
        return "\n".join(line.rstrip("\n") for line in lines)

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


@pytest.fixture
def softmax(warm):
    """The exercise `softmax`, started."""
    return Exercise(warm(QUESTION)).start()


@pytest.fixture
def alone(browser, live_site):
    """`alone(path, script)`: a page of a browser of its own, whose pages begin with `script`."""
    opened = []

    def alone(path=QUESTION, script=""):
        opened.append(browser.new_context())
        page = opened[-1].new_page()
        page.add_init_script(script)
        page.goto(live_site.url + path)
        return page

    yield alone
    for context in opened:
        context.close()


# Before it is started


def test_before_start_an_exercise_is_a_few_lines(visit_live):
    loaded = responses(visit_live, QUESTION)
    ours = {r.url.rpartition("/")[2]: r.body() for r in loaded if "/live/" in r.url}
    assert ours.keys() == {
        "start.js",
        "elements.js",
        "cell_buttons.js",
        "explorers.js",
        "exercise_buttons.js",
        "store.js",
    }
    assert sum(len(gzip.compress(body)) for body in ours.values()) < 10_000


def test_to_write_nothing_of_python_is_loaded(visit_live):
    page = visit_live(QUESTION)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    exercise = Exercise(page).start()
    exercise.write("x = 1")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "codemirror" in url]
    assert not [url for url in asked if re.search("pyodide|wheel|live/worker|answers.json", url)]


def test_without_javascript_there_is_the_command(browser, live_site):
    page = browser.new_page(java_script_enabled=False)
    page.goto(live_site.url + QUESTION)
    place = page.locator("[data-exercise=softmax]")
    assert place.get_by_text("answers start softmax").is_visible()
    assert not place.locator("button").count()
    page.close()


def test_the_bar_of_an_exercise_moves_nothing(browser, live_site):
    context = browser.new_context()
    bare, done = context.new_page(), context.new_page()
    bare.route("**/exercise_buttons.js", lambda route: route.abort())
    heights = "all => all.map(e => e.getBoundingClientRect().height)"
    for page in (bare, done):
        page.goto(live_site.url + ALL)
    expect(done.locator(".exercise .live-bar").last).to_be_visible()
    for look in LOOKS:
        wear(bare, look)
        wear(done, look)
        before = bare.locator(".exercise").evaluate_all(heights)
        assert before == done.locator(".exercise").evaluate_all(heights)
    context.close()


# Verdicts


def test_it_starts_from_the_stub_and_says_that_it_is_not_written(softmax):
    assert softmax.text == STUB
    verdict = softmax.check()
    assert verdict.startswith("Not passed.")
    assert "A vector: softmax(x) with x = [1.0, 2.0, 4.0]: not written yet" in verdict


def test_a_known_mistake_is_named_and_shown(softmax):
    verdict = softmax.check(GLOBAL)
    failure = catalog.load("softmax").bugs["global_maximum"]
    assert "Rows 20 000 apart: softmax(x) with x of shape (3, 5)" in verdict
    assert "at index (1, 0), expected 0.290019, got nan" in verdict
    assert f"Global maximum. {failure.diagnosis}" in verdict
    expect(softmax.report.locator(".right")).to_have_text("0.290019")
    expect(softmax.report.locator("b.wrong")).to_have_text("nan")
    assert softmax.record == {"text": GLOBAL}


WRITTEN = [
    ("def softmax(x:\n    x\n", "line 1 is not valid Python: '(' was never closed"),
    ("x = 1\nimport np\n", "line 2, import np, raised ModuleNotFoundError"),
    ("import torch\n", "line 1, import torch, raised ModuleNotFoundError"),
    (" ", "it is empty; define the function softmax in it"),
    ("x = input()\n", "raised EOFError: nobody types here; take what you need"),
    (f"{HEAD}    import sys\n    sys.exit()\n", "it raised SystemExit"),
    (f"{HEAD}    return softmax(x, axis)\n", "RecursionError: maximum recursion"),
    (f"{HEAD}    return np.zeros(10**10, np.uint8)\n", "Error: "),
    (f"{HEAD}    return 'x' * (10 * 10**9)\n", "Error: "),
    (f"{HEAD}    return sum(1 / 0 for _ in x)\n", "ZeroDivisionError: division"),
]


def test_whatever_is_written_gets_a_verdict(softmax):
    for text, said in WRITTEN:
        assert said in softmax.check(text), text


def test_what_the_code_prints_is_shown_and_capped(softmax):
    softmax.check(f"{HEAD}    print('<b>shape</b>', x.shape)\n")
    assert softmax.printed.inner_text().startswith("<b>shape</b> (3,)\n")
    verdict = softmax.check(f"{HEAD}    for i in range(10**5):\n        print(i)\n")
    assert "should be one number" in verdict or "expected" in verdict or "None" in verdict
    assert len(softmax.printed.inner_text()) < 60_000
    assert "Too much output" in softmax.printed.inner_text()
    softmax.check(GLOBAL)
    expect(softmax.printed).to_have_count(0)


# Let the limit of 10 s, and nothing else, be over after 1 s.
HURRY = """() => {
  const later = window.setTimeout
  window.setTimeout = (act, ms) => {
    if (ms == 10_000) window.setTimeout = later
    return later(act, ms == 10_000 ? 1000 : ms)
  }
}"""


def test_an_endless_loop_ends_at_the_time_limit_and_the_page_stays_alive(softmax):
    softmax.page.evaluate(HURRY)
    softmax.write(f"{HEAD}    while True:\n        print(x)\n")
    softmax.button("Check").click()
    expect(softmax.status).to_have_text("Checking…")
    for _ in range(3):
        assert softmax.page.evaluate("1 + 1") == 2
    expect(softmax.button("Stop")).to_be_visible()
    verdict = softmax.verdict()
    assert "it did not finish within 10 s; does a loop never end?" in verdict
    assert "[1. 2. 4.]" in softmax.printed.inner_text()
    assert "Global maximum" in softmax.check(GLOBAL)


def test_stop_ends_a_check_and_keeps_the_focus(softmax):
    softmax.write(f"{HEAD}    while True: pass\n")
    softmax.button("Check").click()
    expect(softmax.status).to_have_text("Checking…")
    softmax.button("Stop").focus()
    softmax.page.keyboard.press("Enter")
    expect(softmax.status).to_have_text("Stopped.")
    expect(softmax.editor).to_be_focused()
    assert softmax.report.inner_text() == ""


def test_code_that_ends_python_gets_a_verdict_and_the_next_check_is_sound(softmax):
    verdict = softmax.check("import os\nos._exit(3)\n")
    assert "it ended Python before the check was finished." in verdict
    assert "Global maximum" in softmax.check(GLOBAL)


def test_code_that_replaces_what_checks_rely_on_spoils_no_later_check(softmax):
    assert "replaces numpy.exp" in softmax.check(f"{SOLUTION}\n\nnp.exp = np.log\n")
    assert softmax.check(SOLUTION).startswith("Passed.")


def test_a_pass_leads_on_and_is_kept(softmax):
    assert softmax.check(SOLUTION) == "Passed. Go on with what an interviewer asks next."
    first = softmax.record["passed"]
    expect(softmax.saved).to_have_text(re.compile("^Passed .+"))
    assert softmax.check(SOLUTION).startswith("Passed.")
    assert softmax.record["passed"] == first
    softmax.report.get_by_role("link").click()
    expect(softmax.page).to_have_url(re.compile(f"{QUESTION}#they-will-ask-next$"))


def test_an_exercise_and_a_cell_share_python_one_at_a_time(warm):
    page = warm(QUESTION)
    page.evaluate(UNFOLD)
    cell, exercise = Cell(page, 1), Exercise(page).start()
    other = Exercise(page, "logsumexp").start()
    cell.write("while True: pass")
    cell.button("Run").click()
    expect(cell.status).to_have_text("Running…")
    exercise.button("Check").click()
    expect(exercise.status).to_have_text("A cell is running; stop it first.")
    cell.button("Stop").click()
    exercise.write(f"{HEAD}    while True: pass\n")
    page.keyboard.press("Control+Enter")
    expect(exercise.status).to_have_text("Checking…")
    assert cell.run() == "An exercise is being checked; stop that first."
    other.button("Check").click()
    expect(other.status).to_have_text(re.compile("Another exercise is being checked"))
    exercise.button("Stop").click()
    expect(exercise.status).to_have_text("Stopped.")
    cell.write("'after' + 'wards'")
    assert cell.run().startswith("Done")
    assert cell.printed == "'afterwards'\n"


def test_a_file_with_mistakes_is_told_the_first_that_is_left(warm):
    fix = catalog.load("fix_the_layers")
    exercise = Exercise(warm(FIX_IT), "fix_the_layers").start()
    assert "Repair one, then press Check." in exercise.text
    first, second = fix.mistakes[:2]
    assert first.diagnosis.replace("`", "") in exercise.check()
    verdict = exercise.check(fix.with_mistakes(fix.mistakes[1:]))
    assert second.diagnosis.replace("`", "") in verdict


def test_a_failed_download_is_told_and_can_be_tried_again(alone):
    page = alone()
    page.route("**/pyodide.asm.wasm", lambda route: route.abort())
    exercise = Exercise(page).start()
    exercise.check()
    expect(exercise.status).to_have_text(
        re.compile(r"pyodide.asm.wasm could not be loaded .*Press Check to try again\.")
    )
    page.unroute("**/pyodide.asm.wasm")
    assert "not written yet" in exercise.check()


def test_an_editor_that_does_not_come_is_told_and_can_be_tried_again(alone):
    page = alone()
    page.route("**/exercises.json", lambda route: route.abort())
    exercise = Exercise(page)
    exercise.button("Start").click()
    expect(exercise.status).to_have_text(
        re.compile("^It could not be loaded: .*Press Start to try again.$")
    )
    page.unroute("**/exercises.json")
    assert exercise.start().text == STUB


# Help


def test_hints_come_one_at_a_time_and_are_counted(visit_live):
    page = visit_live(QUESTION)
    exercise = Exercise(page).start()
    for number, _ in enumerate(HINTS, 1):
        exercise.button(f"Hint {number} of {len(HINTS)}").click()
        expect(exercise.help.locator("li")).to_have_count(number)
        assert exercise.record == {"hints": number}
    shown = exercise.help.locator("li").all_inner_texts()
    assert shown == [hint.replace("`", "") for hint in HINTS]
    last = exercise.button("Hint")
    expect(last).to_have_attribute("aria-disabled", "true")
    page.reload()
    exercise.start()
    exercise.button(f"Hint {len(HINTS)} of {len(HINTS)}").click()
    expect(exercise.help.locator("li")).to_have_count(len(HINTS))


def test_the_solution_is_for_who_has_passed_or_gives_up(warm):
    page = warm(QUESTION)
    exercise, asked = Exercise(page).start(), []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    exercise.button("Solution").click()
    assert "You have not passed yet." in asked[0]
    assert exercise.help.inner_text() == ""
    page.once("dialog", lambda dialog: dialog.accept())
    exercise.button("Solution").click()
    expect(exercise.help.locator("code")).to_have_text(SOLUTION)
    other = Exercise(page, "logsumexp").start()
    entry = bundle.exercise("logsumexp")
    assert other.check(entry["solution"]).startswith("Passed.")
    other.button("Solution").click()  # asks nothing, or it would be refused: nobody answers
    expect(other.help.locator("code")).to_have_text(entry["solution"])


def test_reset_loses_nothing(visit_live):
    page = visit_live(QUESTION)
    exercise = Exercise(page).start()
    expect(exercise.button("Reset")).to_be_hidden()
    exercise.write(GLOBAL)
    exercise.button("Reset").click()
    assert exercise.text == STUB
    expect(exercise.button("Reset")).to_be_hidden()
    page.reload()
    assert exercise.start().text == STUB
    exercise.write("x = 2\n")
    exercise.button("Bring back").click()
    assert exercise.text == GLOBAL
    exercise.button("Bring back").click()
    assert exercise.text == "x = 2\n"


# What is kept


def test_what_was_written_survives_a_reload(visit_live):
    page = visit_live(QUESTION)
    exercise = Exercise(page).start()
    exercise.write(GLOBAL)
    page.reload()
    exercise.button("Continue").click()
    expect(exercise.editor).to_be_focused()
    assert exercise.text == GLOBAL
    exercise.write(STUB)  # as it was: nothing to keep
    assert exercise.record == {}


def test_what_was_written_survives_navigation_back_and_forward(warm):
    page = warm(QUESTION)
    page.evaluate("window.stayed = true")
    exercise = Exercise(page).start()
    exercise.write(f"{HEAD}    while True: pass\n")
    page.keyboard.press("Control+Enter")
    expect(exercise.status).to_have_text("Checking…")
    page.locator("a", has_text="Backpropagation in NumPy").first.click()
    page.wait_for_url(re.compile(ANOTHER))
    other = Exercise(page, "affine").start()
    assert other.check(bundle.exercise("affine")["solution"]).startswith("Passed.")
    page.go_back()
    page.wait_for_url(re.compile(QUESTION))
    assert exercise.start().text == f"{HEAD}    while True: pass\n"
    page.go_forward()
    page.wait_for_url(re.compile(ANOTHER))
    expect(other.saved).to_have_text(re.compile("^Passed"))
    page.locator(".md-nav__link[href$='/practice/']").click()
    page.wait_for_url(re.compile(f"{ALL}$"))
    expect(other.button("Continue")).to_be_visible()
    assert page.evaluate("window.stayed")
    assert Exercise(page).start().text == f"{HEAD}    while True: pass\n"


def test_what_one_tab_writes_the_others_have(visit_live):
    here, there = visit_live(QUESTION), visit_live(QUESTION)
    first, second = Exercise(here).start(), Exercise(there, "logsumexp").start()
    first.write("a = 1\n")
    second.write("b = 2\n")
    first.write("a = 3\n")
    assert (first.record, second.record) == ({"text": "a = 3\n"}, {"text": "b = 2\n"})
    same = Exercise(there).start()
    assert same.text == "a = 3\n"
    first.write("a = 4\n")
    expect(same.root.locator(".cm-line").first).to_have_text("a = 4")
    same.button("Hint").click()
    expect(first.button("Hint 2")).to_be_visible()
    same.write("a = 5\n")
    expect(first.root.locator(".cm-line").first).to_have_text("a = 5")
    assert first.record == {"text": "a = 5\n", "hints": 1}


DAMAGED = [
    ('{"text": "a = 1', {}),
    ("null", {}),
    ("[1]", {}),
    ('{"text": "a = 1", "hints": "2", "passed": "soon"}', {"text": "a = 1"}),
    ('{"text": 7, "hints": 2}', {"hints": 2}),
]


def test_a_damaged_record_is_told_and_neither_it_nor_others_are_lost(alone):
    page = alone(ALL)
    exercise, other = Exercise(page), Exercise(page, "logsumexp")
    for kept, left in DAMAGED:
        values = {f"{KEPT}softmax": kept, f"{KEPT}logsumexp": '{"text": "b = 2"}'}
        page.evaluate("localStorage.clear()")
        page.evaluate("values => Object.assign(localStorage, values)", values)
        page.reload()
        expect(exercise.notice).to_have_text(
            "What was kept of softmax was damaged. An export still holds it."
        )
        expect(other.notice).to_be_hidden()
        assert exercise.record == left
        exercise.start().write("c = 3")
        page.reload()
        expect(exercise.button("Continue")).to_be_visible()
        assert exercise.record == {**left, "text": "c = 3"}
        data = exported(page)
        assert data["damaged"] == {"softmax": kept}
        assert data["exercises"]["logsumexp"] == {"text": "b = 2"}


FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError") } })"""
FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError") }"""


@pytest.mark.parametrize(
    ("script", "why"), [(FORBIDDEN, "it forbids it"), (FULL, "its storage is full")]
)
def test_what_cannot_be_kept_is_told_and_stays_while_the_tab_is_open(alone, script, why):
    page = alone(script=script)
    page.evaluate("window.stayed = true")
    exercise = Exercise(page).start()
    exercise.write(GLOBAL)
    expect(exercise.notice).to_have_text(
        f"Not saved by this browser: {why}. Export what you wrote before you close the tab."
    )
    if script == FORBIDDEN:  # a verdict that is not "Passed" stores nothing
        assert "Global maximum" in exercise.check()
    page.locator(".md-nav__link[href$='/practice/']").click()
    page.wait_for_url(re.compile(f"{ALL}$"))
    assert exercise.start().text == GLOBAL
    assert exported(page)["exercises"] == {"softmax": {"text": GLOBAL}}
    assert page.evaluate("window.stayed")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.close(run_before_unload=True)  # asks, as something would be lost
    page.wait_for_timeout(200)
    assert not page.is_closed()


def test_once_there_is_room_again_it_is_saved(alone):
    page = alone(script="window.setItem = Storage.prototype.setItem;" + FULL)
    exercise = Exercise(page).start()
    exercise.write("a = 1")
    expect(exercise.notice).to_be_visible()
    page.evaluate("() => { Storage.prototype.setItem = window.setItem }")
    exercise.write("a = 2")
    expect(exercise.notice).to_be_hidden()
    assert exercise.record == {"text": "a = 2"}


# The page of all exercises


def exported(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Export: what you wrote").click()
    return json.loads(download.value.path().read_text(encoding="utf-8"))


def kept_status(page):
    return page.locator(".exercise-kept").get_by_role("status")


def choose(page, content):
    """Import a file of that content; what the page says."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import: what you wrote").click()
    file = {"name": "a.json", "mimeType": "application/json", "buffer": content}
    kept_status(page).evaluate("e => { e.textContent = '' }")
    chooser.value.set_files(file)
    expect(kept_status(page)).not_to_be_empty()
    return kept_status(page).inner_text()


def test_all_exercises_stand_on_one_page_without_an_editor(visit_live):
    page = visit_live(ALL)
    names = [name for question in pages() for name in question.exercises]
    names = [name for name in names if "stub" in bundle.exercise(name)]
    buttons = page.get_by_role("button", name=re.compile("^Start: exercise"))
    expect(buttons).to_have_count(len(names))
    assert not page.locator(".cm-editor").count()
    Exercise(page, "affine").start()
    Exercise(page, "unbroadcast").start()
    assert page.locator(".cm-editor").count() == 2


def test_an_export_can_be_imported_elsewhere(warm, alone):
    page = warm(ALL)
    exercise = Exercise(page).start()
    exercise.check(SOLUTION)
    exercise.button("Hint").click()
    other = Exercise(page, "affine").start()
    other.write("x = 'é'\n")
    data = exported(page)
    assert data["version"] == 1
    assert data["exercises"] == {"softmax": exercise.record, "affine": other.record}

    elsewhere = alone(ALL)
    there = Exercise(elsewhere).start()
    there.write("mine = 1\n")
    said = choose(elsewhere, json.dumps(data).encode())
    assert said.startswith("Imported 2 exercises.")
    assert there.text == SOLUTION
    expect(there.saved).to_have_text(re.compile("^Passed"))
    assert Exercise(elsewhere, "affine").start().text == "x = 'é'\n"
    there.button("Bring back").click()
    assert there.text == "mine = 1\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not JSON",
        b"null",
        b"[]",
        b"{}",
        b'{"version": 1}',
        b'{"version": 2, "exercises": {}}',
        b'{"version": 1, "exercises": []}',
        b'{"version": 1, "exercises": {"softmax": "x"}}',
        b'{"version": 1, "exercises": {"../x": {"text": "x"}}}',
        b'{"version": 1, "exercises": {"affine": {"text": "ok"}, "softmax": {"text": 1}}}',
        b'{"version": 1, "exercises": {"softmax": {"hints": -1}}}',
        b'{"version": 1, "exercises": {"softmax": {"passed": "never"}}}',
        b'{"version": 1, "exercises": {"softmax": {"more": "x"}}}',
        b"\xff\xfe\x00",
    ],
)
def test_a_file_that_is_no_export_is_refused_and_changes_nothing(warm_all, content):
    before = warm_all.evaluate("({ ...localStorage })")
    assert choose(warm_all, content).startswith("Not imported: ")
    assert warm_all.evaluate("({ ...localStorage })") == before


@pytest.fixture(scope="module")
def warm_all(browser, live_site):
    """The page of all exercises, with something written."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(live_site.url + ALL)
    Exercise(page).start().write("a = 1\n")
    yield page
    context.close()


def test_clear_asks_and_deletes_all_but_what_is_not_ours(alone):
    page = alone(ALL)
    page.evaluate("localStorage.setItem('scheme', 'slate')")
    exercise = Exercise(page).start()
    exercise.write("a = 1\n")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Clear: what you wrote").click()
    assert exercise.record == {"text": "a = 1\n"}
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear: what you wrote").click()
    assert kept_status(page).inner_text() == "All deleted."
    assert exercise.record == {}
    assert exercise.text == STUB
    assert page.evaluate("localStorage.getItem('scheme')") == "slate"


# For everybody


def test_an_exercise_can_be_done_by_keyboard_alone(warm):
    page = warm(QUESTION)
    exercise = Exercise(page)
    exercise.button("Start").focus()
    page.keyboard.press("Enter")
    expect(exercise.editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(f"{HEAD}    return x")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # indents
    assert exercise.text.endswith("return x\n        ")
    page.keyboard.press("Control+Enter")
    assert "Not passed." in exercise.verdict()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(exercise.button("Check")).to_be_focused()
    page.keyboard.press("Tab")
    expect(exercise.button("Hint")).to_be_focused()
    page.keyboard.press("Enter")
    expect(exercise.help.locator("li")).to_have_count(1)
    expect(exercise.button("Hint 2")).to_be_focused()


@pytest.mark.parametrize("look", LOOKS)
def test_an_exercise_is_accessible_and_fits(warm, look):
    page = warm(ALL, look)
    exercise = Exercise(page).start()
    exercise.check(f"{GLOBAL}\nprint('x' * 500)\n")
    page.once("dialog", lambda dialog: dialog.accept())
    for button in ("Hint", "Hint", "Solution", "Reset"):
        exercise.button(button).click()
    exercise.check(f"{GLOBAL}\nprint('x' * 500)\n")
    other = Exercise(page, "affine").start()
    other.check("def affine(x:\n")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in exercise.root.locator("p, pre, .live-bar, .cm-editor").all():
        if box := part.bounding_box():
            assert box["x"] + box["width"] <= page.viewport_size["width"]
