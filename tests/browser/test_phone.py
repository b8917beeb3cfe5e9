"""Practice on a phone: a narrow screen, fingers, and a keyboard that hides a part of it."""

import re

from cells import Cell
from exercises import Exercise
from looks import PHONE, UNFOLD, violations
from playwright.sync_api import expect

from answers.site import bundle

STUB = bundle.exercise("softmax")["stub"]
# Its signs and brackets are typed by the keys above the keyboard of the phone.
KEYS = r"([][()_:=/*+.,-])"
BODY = """e_x = np.exp(x - x.max(axis, keepdims=True))
    total = e_x[:].sum(axis, keepdims=True)
    return e_x / total"""
KEYBOARD = 336  # px, of an iPhone
# The page as if the keyboard were there: browsers tell it so, and Chromium emulates none.
TYPING = """keyboard => {
  const get = () => innerHeight - keyboard
  Object.defineProperty(visualViewport, "height", { get, configurable: true })
  visualViewport.dispatchEvent(new Event("resize"))
}"""
# Whether the editor has ever lost the focus, and the phone its keyboard.
WATCH = "() => document.addEventListener('focusout', () => { window.left = true })"
CARET = "getSelection().getRangeAt(0).getBoundingClientRect().bottom"


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def typed(phone, exercise, text):
    """Type the text: what the row of keys has, there."""
    for part in re.split(KEYS, text):
        if re.fullmatch(KEYS, part):
            exercise.root.get_by_role("button", name=f"Type {part}", exact=True).tap()
        else:
            phone.keyboard.type(part.replace("\n    ", "\n"))  # which is indented by itself
        expect(exercise.editor).to_be_focused()


def test_softmax_is_written_with_taps_and_keys_and_passes(phone):
    exercise = Exercise(phone)
    check = exercise.button("Check")
    expect(exercise.status).to_have_text("Start downloads 11 MB, once for all pages.")
    exercise.button("Start").tap()
    expect(exercise.editor).to_be_focused()
    expect(exercise.status).to_have_text(re.compile("Downloading Python from [\\w.:]+, once"))
    expect(exercise.editor).to_have_css("font-size", "16px")

    phone.evaluate(WATCH)
    # Signature and body are seen, and beside them the button, above the keyboard.
    phone.evaluate(TYPING, KEYBOARD)
    typed(phone, exercise, BODY)
    assert exercise.text == STUB.replace("raise NotImplementedError", BODY)
    top = PHONE["viewport"]["height"] - KEYBOARD
    assert phone.evaluate(CARET) < bottom(exercise.root.locator(".live-bar")) <= top
    assert bottom(check) <= top
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    lines = exercise.root.locator(".cm-scroller")
    assert lines.evaluate("e => e.scrollWidth == e.clientWidth")
    assert violations(phone, "[data-exercise=softmax]") == []

    exercise.root.get_by_role("button", name="Indent").tap()
    assert exercise.text.endswith("        return e_x / total\n")
    phone.keyboard.press("Control+z")
    assert not phone.evaluate("window.left")
    phone.evaluate(TYPING, 0)  # it goes as the editor loses the focus
    check.tap()
    expect(exercise.editor).not_to_be_focused()
    assert exercise.verdict().startswith("Passed")
    expect(exercise.report).to_be_in_viewport(ratio=1)
    assert bottom(exercise.report) < bottom(phone.locator(".jump")) - 44

    exercise.root.locator(".cm-fold", has_text="docstring").tap()
    expect(exercise.editor).to_contain_text("Blanchard")
    other = Exercise(phone, "logsumexp")
    other.button("Start").tap()
    expect(other.editor).to_be_focused()
    expect(other.status).to_have_text("")  # nothing is downloaded any more


def test_a_cell_has_the_same_keys_until_it_is_reset(phone):
    phone.evaluate(UNFOLD)
    cell = Cell(phone, 1)
    keys = cell.block.get_by_role("group", name="Keys")
    cell.button("Edit").tap()
    expect(cell.editor).to_be_focused()
    cell.write("x = ")
    keys.get_by_role("button", name="Type (").tap()
    expect(cell.editor).to_be_focused()
    expect(cell.editor).to_have_text("x = ()")
    cell.button("Reset").tap()
    expect(keys).to_have_count(0)


def test_a_bar_leads_to_the_parts_of_a_question(phone):
    parts = phone.get_by_role("navigation", name="Parts of this page")
    for name, part in {
        "30 s": "in-thirty-seconds",
        "Answer": "at-the-board",
        "Follow-ups": "they-will-ask-next",
        "Practise": "practise",
    }.items():
        parts.get_by_role("link", name=name).tap()
        expect(phone).to_have_url(re.compile(f"#{part}$"))
        expect(phone.locator(f"#{part}")).to_be_in_viewport()
        expect(parts).to_be_in_viewport(ratio=1)
