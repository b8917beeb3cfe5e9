"""Which entries agree is what `np.isclose` says."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from answers.grader.compare import alike, close

ODD = [0.0, -0.0, 1.0, 1 + 1e-9, 1 + 1e-5, 1e308, -1e308, 1e-320, np.inf, -np.inf, np.nan]
PAIRS = st.lists(st.tuples(*[st.floats() | st.sampled_from(ODD)] * 2))


@given(PAIRS, st.sampled_from([1e-9, 1e-6, 1e-3]), st.sampled_from(["f8", "i8", "u1", "?"]))
@example([(a, b) for a in ODD for b in ODD], 1e-6, "f8")
def test_entries_are_close_as_numpy_has_it(pairs, rtol, kind):
    got, want = np.array(pairs).reshape(-1, 2).T
    if kind != "f8":
        want = np.nan_to_num(want).clip(-9, 9).astype(kind)
    with np.errstate(all="ignore"):
        asked = np.isclose(got, want, rtol=rtol, atol=rtol / 100, equal_nan=True)
    assert close(got, want, rtol).tolist() == asked.tolist()


@pytest.mark.parametrize(
    ("got", "bug", "want", "same"),
    [
        (np.inf, np.nan, 5.0, True),
        (np.nan, -np.inf, 5.0, True),
        (np.inf, -np.inf, 5.0, False),
        (np.nan, np.inf, -np.inf, False),
        (np.inf, np.inf, -np.inf, True),
        (np.inf, 7.0, 5.0, False),
    ],
)
def test_what_overflows_is_alike_but_not_with_another_sign_nor_where_infinity_is_right(
    got, bug, want, same
):
    parts = (np.array([1.0, each]) for each in (got, bug))
    assert alike(*parts, 1e-8, np.array([1.0, want])) == same
