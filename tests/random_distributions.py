"""Distributions for tests: drawn, along any axis, and two of three classes that are known."""

import numpy as np
from hypothesis import strategies as st

SHAPES_AND_AXES = [
    ((7,), 0),
    ((5, 3), -1),
    ((5, 3), 0),
    ((2, 5, 3), 1),
    ((2, 5, 3), -3),
]
PRECISION = {np.float32: 3e-6, np.float64: 1e-13}
P, Q = np.array([0.5, 0.5]), np.array([0.8, 0.2])


@st.composite
def distributions(draw, how_many=2):
    """Distributions over as many classes, with zeros in any place.

    Small whole numbers, zeros among them, over their sum: zeros of p meet zeros of q.
    """
    size = draw(st.integers(1, 7))
    column = st.lists(st.integers(0, 6), min_size=size, max_size=size).filter(any)
    rows = [np.array(draw(column), float) for _ in range(how_many)]
    return [row / row.sum() for row in rows]


def random_pair(shape, axis, dtype=np.float64):
    """Two distributions that nothing may write to."""
    rng = np.random.default_rng(3)
    pair = [rng.gamma(0.5, size=shape) for _ in range(2)]
    pair = [(a / a.sum(axis=axis, keepdims=True)).astype(dtype) for a in pair]
    for a in pair:
        a.setflags(write=False)
    return pair


def logs(*distributions_):
    with np.errstate(divide="ignore"):
        return [np.log(each) for each in distributions_]
