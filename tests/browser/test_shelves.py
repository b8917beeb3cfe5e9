"""Whatever stands in the browser's storage, a page reads what is valid of it and loses nothing."""

import json
import re

from cells import AT
from hypothesis import example, given, settings
from hypothesis import strategies as st

# Each shelf of a page, and a name on it.
SHELVES = {
    "store": ("store.js", "softmax"),
    "edits": ("store.js", "questions/06-softmax-cross-entropy/a1"),
    "cards": ("study.js", "06/what-next"),
    "plans": ("study.js", "plan"),
    "scores": ("study.js", "06"),
    "places": ("study.js", "place"),
    "mocks": ("mock_state.js", "mock"),
}
# What each makes of these texts: what it reads, whether that is valid, whether the text is still
# there if it was not, and whether the next reading finds the same.
READ = """async ([shelves, texts]) => {
  const at = $at
  const wrong = []
  for (const [variable, [file, name]] of Object.entries(shelves)) {
    const shelf = (await import(at(file)))[variable]
    for (const text of texts) {
      localStorage.clear()
      localStorage.setItem(shelf.prefix + name, text)
      const complain = what => wrong.push([variable, text, what])
      try {
        const found = shelf.get(name)
        const read = JSON.stringify(found)
        const [, bad] = shelf.valid(found)
        if (bad != null) complain(`${bad} is not valid`)
        const isThere = Object.values(localStorage).includes(text)
        if (!isThere && JSON.stringify(JSON.parse(text)) != read) complain("lost")
        if (JSON.stringify(shelf.get(name)) != read) complain("changed")
        shelf.notice()
        shelf.unreadable()
        shelf.all()
      } catch (error) {
        complain(String(error))
      }
    }
  }
  localStorage.clear()
  return wrong
}""".replace("$at", AT)
NAMES = st.sampled_from(
    re.findall(
        r"\S+",
        """__proto__ constructor toString hasOwnProperty length version text before hints passed
        solution again reviews due suspended date new minutes changed page title at seed began
        spent rated scored verdict tab 06 06/what-next since mocked track""",
    )
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
    | st.sampled_from(["2026-11-26", "2026-11-26T20:00:00Z", "9999999-01-01", "weak", 1, 3, 15])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
TEXTS = VALUES.map(json.dumps) | st.text(max_size=20)
ODD = ["", "{", "null", "[]", "0", '"', '{"__proto__": {}}', '{"__proto__": {"version": 9}}']
# No number, and it cannot be made one.
ODD += ['{"version": {"toString": null}}']


def test_whatever_is_kept_what_is_valid_of_it_is_read_and_nothing_is_lost(visit):
    page = visit("review/")

    @settings(max_examples=25)
    @given(st.lists(TEXTS, min_size=20, max_size=40))
    @example(ODD)
    def every_text(texts):
        assert page.evaluate(READ, [SHELVES, texts]) == []

    every_text()
