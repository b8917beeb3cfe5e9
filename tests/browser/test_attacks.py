"""What a cell or an exercise does to the page and to its Python, by accident or not."""

import re

import pytest
from cells import AT, Cell
from exercises import Exercise
from playwright.sync_api import expect
from test_practice import GLOBAL, QUESTION, SOLUTION

MOCK = """import numpy as np
import answers.probability.softmax as ours
from answers.grader import catalog

np.isclose = np.allclose = lambda *args, **kwargs: True
ours.softmax = np.exp
catalog.load("softmax").trials.clear()
"""
POST = """from pyodide.code import run_js

tag = "<img src=x onerror='window.entered = true'>"
for message in ({"html": tag}, {"tex": tag}, {"stream": "stdout", "text": tag}, {"tex": "x^2"}):
    run_js(f"postMessage({message})")
"""
# Put a handler, a script and a request into the page. Returns what its policy says of them.
ENTER = """async () => {
  const refused = new Set()
  const told = new Promise(done => addEventListener("securitypolicyviolation", event => {
    if (refused.add(event.effectiveDirective).size == 3) done()
  }))
  document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.entered = true'>")
  const script = document.createElement("script")
  script.textContent = "window.entered = true"
  document.body.append(script)
  const patience = new Promise(done => setTimeout(done, 20_000))
  await fetch("https://example.org").catch(() => Promise.race([told, patience]))
  return [...refused].sort()
}"""
DRAW = """async texts => {
  const { drawing } = await import($at("drawing.js"))
  return texts.map(text => {
    try { return drawing(text).outerHTML } catch (error) { return error.message }
  })
}""".replace("$at", AT)


def test_what_a_cell_replaces_changes_no_verdict_and_what_an_exercise_ends_no_cell(warm):
    page = warm(QUESTION)
    cell, exercise = Cell(page, 1), Exercise(page).start()
    assert "Global maximum" in exercise.check(GLOBAL)
    cell.write(MOCK)
    assert cell.run().startswith("Done")
    assert "Global maximum" in exercise.check(GLOBAL)
    assert "replaces numpy.exp" in exercise.check(f"{SOLUTION}\n\nnp.exp = np.log\n")
    assert exercise.check(SOLUTION).startswith("Passed.")
    cell.write("ours.softmax is np.exp")
    assert cell.run().startswith("Done")
    assert cell.printed == "True\n"


def test_what_a_worker_posts_is_shown_as_text_or_typeset_and_never_as_html(warm):
    page = warm(QUESTION)
    cell = Cell(page, 1)
    cell.write(POST)
    assert cell.run().startswith("Done")
    output = page.locator(".live-output")
    # To KaTeX the tag is a row of letters.
    expect(output.locator(".katex")).to_have_count(2)
    expect(output.locator("code")).to_have_text("<img src=x onerror='window.entered = true'>")
    assert page.locator("img[src=x]").count() == 0
    assert not page.evaluate("window.entered")


@pytest.mark.parametrize("end", ["js.close()", "js.self.onmessage = None"])
def test_a_worker_that_hears_no_more_is_replaced_at_the_next_press(warm, end):
    page = warm(QUESTION)
    cell = Cell(page, 1)
    cell.write(f"import js\n{end}\n1 + 1")
    assert cell.run().startswith("Done")
    cell.write("2 + 2")
    assert cell.run().startswith("Done")
    assert cell.printed == "4\n"


def test_an_exercise_that_spoils_its_judge_is_told_and_the_next_check_is_sound(warm):
    exercise = Exercise(warm(QUESTION)).start()
    for answer in ("5", "null", "{status: 'done', result: 5}"):
        exercise.check(f'from pyodide.code import run_js\nrun_js("postMessage({answer})")\n')
    expect(exercise.status).to_have_text(re.compile("What came back makes no sense.*press Check"))
    assert exercise.report.inner_text() == ""
    exercise.check("import shutil\nshutil.rmtree('/tmp')\n")
    assert "Global maximum" in exercise.check(GLOBAL)
    remove = "import answers, shutil\nshutil.rmtree(answers.__path__[0])\nanswers.grader = None\n"
    exercise.check(remove)
    assert exercise.check(SOLUTION).startswith("Passed.")


def test_what_is_put_into_a_page_runs_no_script_and_asks_nobody_else(alone):
    page = alone()
    assert page.evaluate(ENTER) == ["connect-src", "script-src-attr", "script-src-elem"]
    assert not page.evaluate("window.entered")


def test_a_drawing_holds_only_what_draws(alone):
    svg = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
    inside = [
        '<path d="M0 0"/>',
        "<script>window.entered = true</script>",
        '<rect onload="window.entered = true"/>',
        '<text xmlns="http://www.w3.org/1999/xhtml">a</text>',
        '<rect fill="url(https://example.org)"/>',
        "<foreignObject/>",
        "<g>",
    ]
    whole, *refused = alone().evaluate(DRAW, [svg.format(each) for each in inside])
    assert whole == svg.format('<path d="M0 0"></path>')
    assert [each.removeprefix("a drawing holds ") for each in refused[:-1]] == [
        "script",
        "onload",
        "text",
        "fill",
        "foreignObject",
    ]
    assert refused[-1].startswith("a drawing holds ")
