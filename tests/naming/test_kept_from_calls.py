"""State between calls is named where a submission is right without it."""

import functools

import numpy as np
import pytest

from answers.grader import catalog

NAME = "kept_from_an_earlier_call"
MASKS, ORDERS, SEEN, TABLE = {}, [], [], {1: 2.0, 2: 3.0}
SLOPES = None


def ours(name, *arguments):
    return catalog.load(name).reference(*arguments)


def by_shape(dout, x):
    if x.shape not in MASKS:
        MASKS[x.shape] = x > 0
    return dout * MASKS[x.shape]


def in_a_default(dout, x, masks={}):  # noqa: B006, for a default that is kept is the mistake
    return dout * masks.setdefault(x.shape, x > 0)


def in_an_attribute(dout, x):
    return dout * in_an_attribute.masks.setdefault(x.shape, x > 0)


in_an_attribute.masks = {}


def in_a_global_name(dout, x):
    global SLOPES
    if SLOPES is None or SLOPES.shape != x.shape:
        SLOPES = x > 0
    return dout * SLOPES


def of_a_helper(dout, x):
    return dout * mask_of(x)


def mask_of(x):
    return MASKS.setdefault((x.shape, "of a helper"), x > 0)


@functools.lru_cache
def order_of(heads):
    """The order for the size that the first call has left here."""
    one = np.arange(SIZES[-1]).reshape(-1, 2).T.ravel()
    return (np.arange(heads)[:, None] * SIZES[-1] + one).ravel()


SIZES = []


def by_heads_alone(w, heads):
    SIZES.append(w.shape[-1] // heads)
    return w[..., order_of(heads)]


@pytest.mark.parametrize(
    ("name", "program", "where"),
    [
        ("relu_backward", by_shape, "`MASKS`"),
        ("relu_backward", in_a_default, "`masks`"),
        ("relu_backward", in_an_attribute, "`masks`"),
        ("relu_backward", in_a_global_name, "`SLOPES`"),
        ("relu_backward", of_a_helper, "`MASKS`"),
        ("rope_permutation", by_heads_alone, "`SIZES`"),
    ],
)
def test_what_an_earlier_call_has_kept_is_told_with_its_name(name, program, where):
    for container in (MASKS, SIZES):
        container.clear()
    report = catalog.load(name).run(program)
    assert report.bug == NAME
    assert report.diagnosis.startswith("With `")
    assert where in report.diagnosis.partition(" emptied before the call, ")[0]


def test_what_is_kept_is_there_again():
    MASKS.clear()
    catalog.load("relu_backward").run(by_shape)
    kept = dict(MASKS)
    assert kept
    catalog.load("relu_backward").run(by_shape)
    assert list(MASKS) == list(kept)


def counted_and_wrong(dout, x):
    """Its state is not the mistake."""
    SEEN.append(x.shape)
    return dout * (x > 0) * 1.5


def looked_up(dout, x):
    """A table that nothing is kept in: without it there is no result."""
    return dout * (x > 0) * TABLE[min(x.ndim, 2)] / 2


@pytest.mark.parametrize("program", [counted_and_wrong, looked_up])
def test_it_is_not_told_of_what_makes_no_result_wrong(program):
    report = catalog.load("relu_backward").run(program)
    assert not report.passed
    assert report.bug != NAME
    assert TABLE
