"""What a reader does with an exercise in the page: write, check, ask for help, come back later."""

import json
import re

import pytest
from cells import SECONDS, Cell
from days import in_days
from exercises import FORBIDDEN, FULL, KEPT, Exercise, exported, without_python
from live_fences import pressed
from looks import FINE, LOOKS, UNFOLD, wear, wrong_in_each_look
from playwright.sync_api import expect
from serving import ROOT
from sliders import Explorer

from answers import explorers
from answers.grader import catalog
from answers.pages import by_topic, pages
from answers.site import bundle, modules

QUESTION = "questions/06-softmax-cross-entropy/"
ANOTHER = "questions/01-backpropagation/"
FIX_IT = "questions/03-numpy-layers/"
GPT = "questions/14-kv-cache/"
ALL = "practice/"

ENTRY = bundle.exercise("softmax")
STUB, SOLUTION, HINTS = ENTRY["stub"], ENTRY["solution"], ENTRY["hints"]
HEAD = "import numpy as np\n\n\ndef softmax(x, axis=-1):\n"
BESIDE = "\n\n\n# Kept beside it by an import:\n\n\n"
GLOBAL = f"{HEAD}    p = np.exp(x - x.max())\n    return p / p.sum(axis=axis, keepdims=True)\n"


@pytest.fixture
def softmax(warm):
    """The exercise `softmax`, started."""
    return Exercise(warm(QUESTION)).start()


# Before it is started


def test_python_comes_from_start_on_until_it_is_stopped_and_a_check_waits_for_it(alone):
    page, held = alone(), []
    page.route("**/pyodide.asm.wasm", lambda route: held.append(route))
    exercise, other = Exercise(page), Exercise(page, "logsumexp")
    expect(exercise.status).to_have_text("Start downloads 11 MB, once for all pages.")
    expect(other.status).to_have_text("")
    with page.expect_request("**/pyodide.asm.wasm"):
        exercise.start()
    exercise.write(SOLUTION)
    exercise.button("Check").click(force=True)  # it says that it is busy, and may be pressed
    exercise.button("Stop").click()
    expect(exercise.status).to_have_text(re.compile(r"^Stopped after .* Press Check to go on\.$"))
    assert exercise.report.inner_text() == ""
    assert len(held) == 1  # nor does it begin anew
    page.unroute_all()
    exercise.button("Check").click()
    assert exercise.verdict().startswith("Passed.")
    assert other.start().check().startswith("Not passed.")


def test_a_first_press_loads_what_it_needs_and_no_more(browser, live_site):
    """SymPy, the largest, comes with a cell that uses it."""
    python = {"pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"}
    python |= {"config.json", "hashes.json", "needs.py", "worker.py", "numpy"}
    answers = python | {"answers.json", "jaxtyping", "beartype", "wadler_lindig"}
    page = ROOT / "docs/questions/06-softmax-cross-entropy.md"
    # Below cells of SymPy.
    codes = ["".join(each.shown for each in fences) for fences in pressed(page).values()]
    number = next(n for n, c in enumerate(codes, 1) if "sympy" not in c and "derivations" not in c)
    assert number > 1
    cell = f"questions/{page.stem}/", lambda page: Cell(page, number).run(), answers
    exercise = answers | {"softmax.json"}
    check = "practice/", lambda page: Exercise(page).start().check(), exercise
    for path, press, needed in (cell, check):
        context = browser.new_context()
        page, asked = context.new_page(), []
        page.set_default_timeout(SECONDS * 1000)
        page.goto(live_site.url + path)
        page.wait_for_load_state("networkidle")
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.evaluate(UNFOLD)
        press(page)
        context.close()
        ours = [url for url in asked if re.search("pyodide/|wheels/|live-", url)]
        names = {re.sub("-[0-9].*whl$", "", url.rpartition("/")[2]) for url in ours}
        assert {name for name in names if name in python or name[-3:] != ".js"} == needed


def test_the_worker_has_the_next_exercise_before_it_is_checked(softmax):
    softmax.check(SOLUTION)
    page, came, asked = softmax.page, [], []

    def the_worker_has_it(request):
        came.append(request.url.rpartition("/")[2])
        return came.count("cross_entropy.json") == 2  # after the page

    with page.expect_event("requestfinished", the_worker_has_it):
        other = Exercise(page, "cross_entropy").start()
    page.on("request", lambda request: asked.append(request.url))
    other.check()
    assert not asked


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


def test_the_stub_is_not_written_yet_and_a_known_mistake_is_named_and_shown(softmax):
    assert softmax.text == STUB
    verdict = softmax.check()
    assert verdict.startswith("Not passed.")
    assert "A vector: softmax(x) with x = [1.0, 2.0, 4.0]: not written yet" in verdict
    verdict = softmax.check(GLOBAL)
    failure = catalog.load("softmax").bugs["global_maximum"]
    assert "Rows 20 000 apart: softmax(x) with x = [[" in verdict
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
    verdict = softmax.check(f"{HEAD}    for i in range(10**4):\n        print(i)\n")
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
    assert "it did not finish within 10 s; does a loop or a recursion never end?" in verdict
    assert "[1. 2. 4.]" in softmax.printed.inner_text()
    assert "Global maximum" in softmax.check(GLOBAL)


def test_code_that_ends_python_gets_a_verdict_and_the_next_check_is_sound(softmax):
    verdict = softmax.check("import os\nos._exit(3)\n")
    assert "it ended Python before the check was finished." in verdict
    assert "Global maximum" in softmax.check(GLOBAL)


def test_a_pass_leads_on_and_is_kept(softmax):
    told, onward, *_ = softmax.check(SOLUTION).split("\n\n")
    assert told == "Passed. It comes back in 2 days."
    (here,) = (page for page in pages() if "softmax" in page.exercises)
    in_all = sum(len(page.exercises) for page in pages())
    assert onward == (
        f"Passed of question 6: 1 of {len(here.exercises)}; 1 of {in_all} in all. "
        "Next: logsumexp, or what an interviewer asks next."
    )
    first = softmax.record["passed"]
    expect(softmax.saved).to_have_text(re.compile(r"^Passed \d+ [A-Z][a-z]+ \d{4}\.$"))
    assert "It comes back" not in softmax.check(SOLUTION)  # which shows nothing new
    assert softmax.record["passed"] == first
    softmax.report.get_by_role("link", name="logsumexp").click()
    expect(Exercise(softmax.page, "logsumexp").button("Start")).to_be_focused()
    softmax.report.get_by_role("link", name="what an interviewer asks next").click()
    expect(softmax.page).to_have_url(re.compile(f"{QUESTION}#they-will-ask-next$"))


def test_a_pass_leads_who_has_a_plan_to_the_list_of_the_day(warm):
    page = warm(QUESTION)
    page.evaluate("localStorage.setItem('answers.study.plan', '{\"date\": \"2100-01-01\"}')")
    exercise = Exercise(page).start()
    onward = exercise.check(SOLUTION).split("\n\n")[1]
    assert onward.endswith("Next: logsumexp, what an interviewer asks next, or your list of today.")
    exercise.report.get_by_role("link", name="your list of today").click()
    expect(page.get_by_text("The interview is on 1 January 2100")).to_be_in_viewport()
    expect(page.get_by_label("Interview on")).to_be_in_viewport()
    page.goto(page.url.split("#")[0] + "cheat-sheet/")
    expect(page.get_by_label("All", exact=True)).to_be_checked()
    page.evaluate("localStorage.setItem('answers.study.plan', '{\"track\": \"LLM\"}')")
    page.reload()
    expect(page.get_by_label("LLM", exact=True)).to_be_checked()


def test_what_passes_with_a_note_says_what_ours_does(warm):
    relu = Exercise(warm(ANOTHER), "relu_backward").start()
    verdict = relu.check("def relu_backward(dout, x):\n    return dout * (x >= 0)\n")
    assert verdict.startswith("Passed, with a note. It comes back ")
    assert "Inputs of exactly 0: relu_backward(dout, x) with " in verdict
    assert "Ours takes 0 there, as PyTorch does" in verdict
    assert "Any slope from 0 to 1 is a subgradient." in verdict
    assert relu.record["passed"]
    relu.report.locator("summary").click()
    expect(relu.report.locator("li", has_text="noted inputs of exactly 0")).to_be_visible()
    expect(relu.button("Noted call")).to_be_visible()


def test_the_failing_call_comes_as_a_cell_that_runs_until_it_is_mended(softmax):
    expect(softmax.button("Failing call")).to_be_hidden()
    verdict = softmax.check(GLOBAL)
    cases = len(catalog.load("softmax").trials)
    # Two of the cases have rows far apart. Bytes that wrap around are not judged.
    assert f"\n{cases - 3} of {cases - 1} cases pass" in verdict
    softmax.report.locator("summary").click()
    expect(softmax.report.locator("li", has_text="wrong")).to_have_count(2)
    softmax.button("Failing call").click()
    cell = Cell(softmax.page, "of softmax")
    expect(cell.button("Run")).to_be_focused()
    expect(cell.block).to_be_in_viewport(ratio=1)
    assert cell.block.locator(".k").all_inner_texts()[:2] == ["import", "as"]
    assert cell.run().startswith("Error after ")
    assert "AssertionError: the result is wrong" in cell.complaint
    text = cell.block.locator("code").first.inner_text()
    cell.write(text.replace("x.max()", "x.max(axis=axis, keepdims=True)"))
    assert cell.run().startswith("Done in ")
    assert cell.printed == "softmax is right here.\n"
    softmax.check(SOLUTION)
    expect(softmax.button("(Failing|Noted) call")).to_be_hidden()


def test_cells_exercises_and_explorers_share_python_one_at_a_time(warm):
    page = warm(QUESTION)
    page.evaluate(UNFOLD)
    cell, exercise = Cell(page, 1), Exercise(page).start()
    other, explorer = Exercise(page, "logsumexp").start(), Explorer(page)
    explorer.explore()
    cell.write("while True: pass")
    cell.button("Run").click()
    expect(cell.status).to_have_text("Running…")
    busy = "Busy with Python cell 1: stop that, or wait for its end."
    exercise.button("Check").click()
    expect(exercise.status).to_have_text(busy)
    explorer.inputs.first.focus()
    page.keyboard.press("Home")
    expect(explorer.status).to_have_text(busy)
    cell.button("Stop").click()
    explorer.inputs.first.focus()
    page.keyboard.press("End")  # in a Python that has been restarted
    known = explorers.load("temperature")
    expect(explorer.inputs.first).to_have_attribute("aria-valuetext", "10")
    explorer.shows("temperature", [len(known.sliders[0].values) - 1, *known.starts[1:]])
    expect(explorer.status).to_have_text("")
    exercise.write(f"{HEAD}    while True: pass\n")
    page.keyboard.press("Control+Enter")
    expect(exercise.status).to_have_text("Checking…")
    assert cell.run() == "Busy with exercise softmax: stop that, or wait for its end."
    other.button("Check").click()
    expect(other.status).to_have_text(re.compile("^Busy with exercise softmax:"))
    exercise.button("Stop").focus()
    page.keyboard.press("Enter")
    expect(exercise.status).to_have_text(re.compile("^Stopped after"))
    expect(exercise.editor).to_be_focused()
    assert exercise.report.inner_text() == ""
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


WRITES = """
from answers.transformers.gpt_numpy import drawn_text, load_weights
print(drawn_text(forward, load_weights(), new_tokens=15))
"""


def test_what_a_gpt_writes_is_seen_before_a_repair_and_after(warm):
    fix = catalog.load("fix_the_numpy_gpt")
    exercise = Exercise(warm(GPT), "fix_the_numpy_gpt").start()
    (positions,) = (m for m in fix.mistakes if m.name == "positions_from_0_in_each_call")
    verdict = exercise.check(fix.with_mistakes((positions,)) + WRITES)
    assert positions.diagnosis.replace("`", "") in verdict
    expect(exercise.printed).to_have_text("The white whalalidithes; u")
    assert exercise.check(fix.solution() + WRITES).startswith("Passed")
    expect(exercise.printed).to_have_text("The white whale day. Pound")


def test_what_is_not_there_or_not_what_was_tested_is_told_and_can_be_tried_again(alone):
    """By exercise and explorer: Python itself, and the exercise's own file."""
    page = alone(script=FORBIDDEN)  # a verdict that is not "Passed" stores nothing
    page.clock.install()
    page.route("**/pyodide.asm.wasm", lambda route: route.abort())
    exercise, explorer = Exercise(page), Explorer(page)
    silence(page, exercise, "Start", "worker.js", again="Check")
    told = r"pyodide.asm.wasm could not be loaded .*Press {} to try again, or Reload\."
    exercise.check()
    expect(exercise.status).to_have_text(re.compile(told.format("Check")))
    explorer.start.click()
    expect(explorer.status).to_have_text(re.compile(told.format("Explore")))
    page.unroute("**/pyodide.asm.wasm")
    other = json.dumps(ENTRY | {"modules": {}})
    page.route("**/softmax.json", lambda route: route.fulfill(body=other))
    exercise.check()
    told = r"^exercises/softmax.json from \S+ is not the file that was tested, so it was refused\."
    expect(exercise.status).to_have_text(re.compile(told))
    page.unroute("**/softmax.json")
    explorer.explore()
    assert "not written yet" in exercise.check()


def test_what_does_not_come_is_told_and_can_be_tried_again(alone):
    page = alone()
    exercise = Exercise(page)
    for name in ("exercise.js", "editor.js", "codemirror.js", "python.js", "softmax.json"):
        page.route(f"**/{name}", lambda route: route.fulfill(status=404))
        exercise.button("Start").click()
        told = rf"^It could not be loaded: for \S*{name}, .* Press Start to try again, or Reload\.$"
        expect(exercise.status).to_have_text(re.compile(told))
        page.unroute_all()
    page.clock.install()
    silence(page, exercise, "Start", "softmax.json")
    assert exercise.start().text == STUB


def silence(page, exercise, button, name, again=None):
    """Press a button for which a file has to come that never does."""
    page.route(f"**/{name}", lambda route: None)
    with page.expect_request(f"**/{name}"):
        exercise.button(button).click()
    page.clock.fast_forward(31_000)
    told = rf"{name},? .*nothing came for 30 s\. Press {again or button} to try again, or Reload\.$"
    expect(exercise.status).to_have_text(re.compile(told))
    page.unroute(f"**/{name}")


# Help


def test_hints_come_one_at_a_time_reset_loses_nothing_and_a_reload_neither(visit_live):
    page = visit_live(QUESTION, first=without_python)
    exercise = Exercise(page).start()
    for number, _ in enumerate(HINTS, 1):
        exercise.button(f"Hint {number} of {len(HINTS)}").click()
        expect(exercise.help.locator("li")).to_have_count(number)
        assert exercise.record == {"hints": number}
    shown = exercise.help.locator("li").all_inner_texts()
    assert shown == [hint.replace("`", "") for hint in HINTS]
    last = exercise.button("Hint")
    expect(last).to_have_attribute("aria-disabled", "true")
    expect(exercise.button("Reset")).to_be_hidden()
    exercise.write(GLOBAL)
    exercise.button("Reset").click()
    assert exercise.text == STUB
    expect(exercise.button("Reset")).to_be_hidden()
    page.reload()
    assert exercise.start().text == STUB
    exercise.button(f"Hint {len(HINTS)} of {len(HINTS)}").click()
    expect(exercise.help.locator("li")).to_have_count(len(HINTS))
    exercise.write("x = 2\n")
    exercise.button("Bring back").click()
    assert exercise.text == GLOBAL
    exercise.button("Bring back").click()
    assert exercise.text == "x = 2\n"
    page.reload()
    exercise.button("Continue").click()
    expect(exercise.editor).to_be_focused()
    assert exercise.text == "x = 2\n"
    exercise.write(STUB)  # as it was: nothing to keep
    assert exercise.record == {"hints": len(HINTS), "before": GLOBAL}


def test_the_solution_is_for_who_has_passed_or_gives_up(warm):
    page = warm(QUESTION)
    exercise, asked = Exercise(page).start(), []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    exercise.button("Solution").click()
    assert "You have not passed yet." in asked[0]
    assert exercise.help.inner_text() == ""
    page.once("dialog", lambda dialog: dialog.accept())
    exercise.button("Solution").click()
    expect(exercise.help.locator("code").first).to_have_text(SOLUTION)
    other = Exercise(page, "logsumexp").start()
    entry = bundle.exercise("logsumexp")
    assert other.check(entry["solution"]).startswith("Passed.")
    other.button("Solution").click()  # asks nothing, or it would be refused: nobody answers
    answer, refusals = other.help.locator("code").all()
    expect(answer).to_have_text(entry["solution"])
    expect(refusals).to_be_hidden()
    other.help.locator("summary").click()
    expect(refusals).to_have_text(entry["refusals"])


def test_the_help_of_a_repetition_counts_for_it_after_a_reload_too(warm):
    page = warm(QUESTION)
    exercise = Exercise(page).start()
    answer = exercise.help.get_by_role("region", name="The answer of this guide")
    for number, _ in enumerate(HINTS, 1):
        exercise.button(f"Hint {number}").click()
    exercise.check(SOLUTION)
    exercise.button("Solution").click()
    expect(answer).to_have_text(SOLUTION)
    # What was shown before is neither seen nor counted.
    exercise.button("Again from the stub").click()
    expect(exercise.help).to_have_text("")
    assert exercise.check(SOLUTION).startswith("Passed. It comes back")
    exercise.button("Again from the stub").click()
    exercise.button("Solution").click()
    expect(answer).to_have_text(SOLUTION)
    exercise.write(GLOBAL)
    page.reload()
    exercise.start()
    assert exercise.check(SOLUTION).startswith("Passed with the solution. It comes back")
    exercise.button("Again from the stub").click()
    for number, _ in enumerate(HINTS, 1):
        exercise.button(f"Hint {number} of {len(HINTS)}").click()
    assert exercise.check(SOLUTION).startswith("Passed with all hints. It comes back")


# What is kept


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
    page.locator(".ways").get_by_role("link", name="Practise").click()
    page.wait_for_url(re.compile(f"{ALL}$"))
    expect(other.button("Continue")).to_be_visible()
    assert page.evaluate("window.stayed")
    assert Exercise(page).start().text == f"{HEAD}    while True: pass\n"


def test_what_one_tab_writes_the_others_have(visit_live):
    here, there = (visit_live(QUESTION, first=without_python) for _ in range(2))
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


DAMAGED = {
    "softmax": ('{"text": "a = 1', {}),
    "affine": ("null", {}),
    "unbroadcast": ("[1]", {}),
    "posterior": ('{"text": "a = 1", "hints": "2", "passed": "soon"}', {"text": "a = 1"}),
    "broadcast_shape": ('{"text": 7, "hints": 2}', {"hints": 2}),
    "attend": ('{"__proto__": {}, "hints": 1}', {"hints": 1}),
}


def test_a_damaged_record_is_told_and_neither_it_nor_others_are_lost(alone):
    page = without_python(alone(ALL))
    values = {KEPT + name: kept for name, (kept, _) in DAMAGED.items()}
    values[f"{KEPT}logsumexp"] = '{"text": "b = 2"}'
    page.evaluate("values => Object.assign(localStorage, values)", values)
    page.reload()
    for name, (_, left) in DAMAGED.items():
        exercise = Exercise(page, name)
        told = f"What was kept of {name} was damaged. An export still holds it."
        expect(exercise.notice).to_have_text(told)
        assert exercise.record == left
        exercise.start().write("c = 3")
    expect(Exercise(page, "logsumexp").notice).to_be_hidden()
    page.reload()
    for name, (_, left) in DAMAGED.items():
        exercise = Exercise(page, name)
        expect(exercise.button("Continue")).to_be_visible()
        assert exercise.record == {**left, "text": "c = 3"}
    data = exported(page)
    assert data["damaged"] == {name: kept for name, (kept, _) in DAMAGED.items()}
    assert data["exercises"]["logsumexp"] == {"text": "b = 2"}


@pytest.mark.parametrize(
    ("script", "why"), [(FORBIDDEN, "it forbids it"), (FULL, "its storage is full")]
)
def test_what_cannot_be_kept_is_told_and_stays_while_the_tab_is_open(alone, script, why):
    page = without_python(alone(script=script))
    page.evaluate("window.stayed = true")
    exercise = Exercise(page).start()
    exercise.write(GLOBAL)
    expect(exercise.notice).to_have_text(
        f"Not saved by this browser: {why}. Export what you wrote before you close the tab."
    )
    page.locator(".ways").get_by_role("link", name="Practise").click()
    page.wait_for_url(re.compile(f"{ALL}$"))
    assert exercise.start().text == GLOBAL
    assert exported(page)["exercises"] == {"softmax": {"text": GLOBAL}}
    assert page.evaluate("window.stayed")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.close(run_before_unload=True)  # asks, as something would be lost
    page.wait_for_timeout(200)
    assert not page.is_closed()


def test_once_there_is_room_again_it_is_saved(alone):
    page = without_python(alone(script="window.setItem = Storage.prototype.setItem;" + FULL))
    exercise = Exercise(page).start()
    exercise.write("a = 1")
    expect(exercise.notice).to_be_visible()
    page.evaluate("() => { Storage.prototype.setItem = window.setItem }")
    exercise.write("a = 2")
    expect(exercise.notice).to_be_hidden()
    assert exercise.record == {"text": "a = 2"}


# The page of all exercises

PASSED = json.dumps({"passed": f"{in_days(-6)}T10:00:00Z"})


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
    page = visit_live(ALL, first=without_python)
    names = [name for question in pages() for name in question.exercises]
    names = [name for name in names if "stub" in bundle.exercise(name)]
    buttons = page.get_by_role("button", name=re.compile("^Start: exercise"))
    expect(buttons).to_have_count(len(names))
    assert not page.locator(".cm-editor").count()
    Exercise(page, "affine").start()
    Exercise(page, "unbroadcast").start()
    assert page.locator(".cm-editor").count() == 2


def test_of_all_exercises_those_are_shown_that_were_chosen(alone):
    page = alone(ALL)
    page.evaluate(f"localStorage.setItem('{KEPT}causal_mask', '{PASSED}')")
    page.reload()
    shown = page.locator(".practice:visible .exercise")
    told = page.locator(".practice-filter").get_by_role("status")
    expect(told).to_have_text(f"{len(catalog.names())} exercises, 1 passed")
    page.get_by_label("Track").select_option("General")
    general = sum(len(each.exercises) for each in pages() if "general" in each.importance)
    assert general < len(catalog.names())
    expect(told).to_have_text(re.compile(f"^{general} exercises"))
    page.get_by_label("Track").select_option("all")
    page.get_by_label("Topic").select_option("Transformers")
    page.get_by_label("runs here").check()
    (members,) = (members for topic, members in by_topic() if topic == "Transformers")
    names = [name for each in members for name in each.exercises if modules.runs_here(name)]
    expect(shown).to_have_count(len(names))
    expect(page.locator("article > h2:visible").first).to_contain_text("Transformers")
    page.get_by_label("State").select_option("not passed")
    expect(told).to_have_text(f"{len(names) - 1} exercises, 0 passed")
    expect(Exercise(page, "causal_mask").root).to_be_hidden()
    page.get_by_label("Level").select_option("core")
    core = {name for each in members if each.level == "core" for name in each.exercises}
    left = f"{len(core.intersection(names)) - 1} exercises, 0 passed"
    expect(told).to_have_text(left)
    # Back from its question, what was chosen is there.
    page.locator(".practice:visible a").first.click()
    expect(page.locator(".practice-filter")).to_have_count(0)
    page.go_back()
    expect(told).to_have_text(left)
    # What cannot be read of it is no choice.
    for kept in ("{", "null", '{"level": "of old"}'):
        page.evaluate("kept => sessionStorage.setItem('answers.filter.practice', kept)", kept)
        page.reload()
        expect(page.get_by_label("Level")).to_have_value("")
    page.add_init_script(FORBIDDEN.replace("local", "session"))
    page.reload()
    page.get_by_label("Level").select_option("core")
    expect(told).to_have_text(re.compile(r"^\d+ exercises, 1 passed$"))


def test_an_export_can_be_imported_elsewhere(warm, alone):
    page = warm(ALL)
    exercise = Exercise(page).start()
    exercise.check(SOLUTION)
    exercise.button("Hint").click()
    other = Exercise(page, "affine").start()
    other.write("x = 'é'\n")
    page.evaluate("localStorage.setItem('answers.cell.questions/06/1x', '{\"text\": \"y = 1\"}')")
    data = exported(page)
    assert data["version"] == 3
    assert data["cells"] == {"questions/06/1x": {"text": "y = 1"}}
    assert data["exercises"] == {"softmax": exercise.record, "affine": other.record}

    elsewhere = without_python(alone(ALL))
    there = Exercise(elsewhere).start()
    there.write("mine = 1\n")
    data["exercises"]["softmax"]["before"] = "older = 1\n"
    for _ in range(2):  # once more takes nothing away
        said = choose(elsewhere, json.dumps(data).encode())
        assert said.startswith("Imported 2 exercises and 1 card.")
    assert there.text == SOLUTION
    assert exported(elsewhere)["cells"] == data["cells"]
    expect(there.saved).to_have_text(re.compile("^Passed"))
    assert Exercise(elsewhere, "affine").start().text == "x = 'é'\n"
    data["exercises"]["softmax"] |= {"text": "third = 1\n"}
    choose(elsewhere, json.dumps(data).encode())
    assert there.text == "third = 1\n"
    there.button("Bring back").click()
    assert there.text == BESIDE.join(["older = 1\n", "mine = 1\n", SOLUTION])


def test_an_import_puts_its_text_of_a_cell_beside_what_was_changed_here(alone):
    page = alone(ALL)
    cells = {"questions/06/1x": "a = 1", "questions/06/2x": "b = 2\na = 1", "3x": "mine = 1"}
    for name, text in cells.items():
        entry = [f"answers.cell.{name}", json.dumps({"text": text})]
        page.evaluate("entry => localStorage.setItem(...entry)", entry)
    theirs = {name: {"text": "b = 2\na = 1"} for name in cells}
    file = json.dumps({"version": 3, "exercises": {}, "cells": theirs | {"4x": {"text": "new"}}})
    beside = f"{BESIDE}# b = 2\n# a = 1"
    assert choose(page, file.encode()).endswith(
        "As comments below what you changed here, too: a cell of questions/06, a cell of the "
        "home page."
    )
    # Once more changes nothing.
    assert "As comments" not in choose(page, file.encode())
    kept = {"questions/06/1x": f"a = 1{beside}", "3x": f"mine = 1{beside}", "4x": "new"}
    kept["questions/06/2x"] = cells["questions/06/2x"]
    assert exported(page)["cells"] == {name: {"text": text} for name, text in kept.items()}


def studied(content):
    return b'{"version": 3, "exercises": {}, "study": {%s}}' % content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not JSON",
        b"null",
        b"[]",
        b"{}",
        b'{"version": 3}',
        b'{"version": 2, "exercises": {}}',
        b'{"version": 4, "exercises": {}}',
        b'{"version": 3, "exercises": []}',
        b'{"version": 3, "exercises": {"softmax": "x"}}',
        b'{"version": 3, "exercises": {"../x": {"text": "x"}}}',
        b'{"version": 3, "exercises": {"affine": {"text": "ok"}, "softmax": {"text": 1}}}',
        b'{"version": 3, "exercises": {"softmax": {"hints": -1}}}',
        b'{"version": 3, "exercises": {"softmax": {"passed": "never"}}}',
        b'{"version": 3, "exercises": {"softmax": {"more": "x"}}}',
        b'{"version": 3, "exercises": {}, "study": []}',
        b'{"version": 3, "exercises": {}, "cells": {"../1x": {"text": "x"}}}',
        studied(b'"cards": {"__proto__": {}}'),
        studied(b'"cards": {"06/a": {"reviews": [["2026-02-30", 3]]}}'),
        studied(b'"cards": {"06/a": {"reviews": [["2026-02-03", 5]]}}'),
        studied(b'"cards": {"06/a": {"reviews": [["2026-02-03", 1], ["2026-02-02", 1]]}}'),
        studied(b'"scores": {"06": [["2026-02-03", "great"]]}'),
        studied(b'"plan": {"minutes": -1}'),
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
    page = without_python(context.new_page())
    page.goto(live_site.url + ALL)
    Exercise(page).start().write("a = 1\n")
    yield page
    context.close()


def test_clear_asks_and_deletes_all_but_what_is_not_ours(alone):
    page = without_python(alone(ALL))
    page.evaluate("localStorage.setItem('scheme', 'slate')")
    exercise = Exercise(page).start()
    exercise.write("a = 1\n")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Clear: what you wrote").click()
    assert exercise.record == {"text": "a = 1\n"}
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear: what you wrote").click()
    expect(kept_status(page)).to_have_text("All deleted.")
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
    # What is said besides is folded, and where to write is marked.
    expect(exercise.root.locator(".cm-fold")).to_have_count(2)
    assert page.evaluate("getSelection().toString()") == "raise NotImplementedError"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # leaves, although something is selected
    expect(exercise.button("Check")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(exercise.editor).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "raise NotImplementedError"
    expect(exercise.editor).not_to_contain_text("if you have time")
    page.keyboard.press("Control+Alt+BracketRight")
    expect(exercise.editor).to_contain_text("if you have time")
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


# Wait until the next one is drawn.
FRAME = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


@pytest.mark.parametrize("look", ["light", "phone"])
def test_a_key_restyles_what_it_changes_and_not_the_page(browser, warm, look):
    """`article:has(…) > part` would restyle all of the article at each change."""
    page = warm(QUESTION, look)
    exercise = Exercise(page).start()
    page.evaluate(FRAME)  # the editor has brought its styles
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.keyboard.type("x = 1")
    exercise.button("Hint").click()
    page.evaluate(FRAME)
    told = [event.get("args", {}) for event in json.loads(browser.stop_tracing())["traceEvents"]]
    restyled = sum(each.get("elementCount", 0) for each in told)
    assert 5 <= restyled < page.locator("*").count() / 10


def test_an_exercise_is_accessible_and_fits(warm):
    page = warm(ALL)
    exercise = Exercise(page).start()
    exercise.check(f"{GLOBAL}\nprint('x' * 500)\n")
    page.once("dialog", lambda dialog: dialog.accept())
    for button in ("Hint", "Hint", "Solution", "Reset"):
        exercise.button(button).click()
    exercise.check(f"{GLOBAL}\nprint('x' * 500)\n")
    other = Exercise(page, "affine").start()
    other.check("def affine(x:\n")

    def fits():
        parts = exercise.root.locator("p, pre, .live-bar, .cm-editor")
        rights = parts.evaluate_all("all => all.map(e => e.getBoundingClientRect().right)")
        assert max(rights) <= page.viewport_size["width"]

    # The rest of the page, test_every_page sees.
    both = "[data-exercise=softmax], [data-exercise=affine]"
    assert wrong_in_each_look(page, both, fits) == FINE
