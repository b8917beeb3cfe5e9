"""Random computations, each as a list of steps that any library can replay.

A step makes one more value from earlier ones: any operation of the tape, with values used
again and again, constants on either side, and every kind of broadcasting and indexing.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from hypothesis import strategies as st

MOST_ENTRIES = 100
LARGEST = 30.0  # what is larger is left out, so that exp and products stay tame
EXACT_BITS = 30  # sums of numbers with so few digits are exact in any order
GAP = 1e-6  # between what competes for a maximum, unless equal exactly


@dataclass(frozen=True)
class Step:
    """One operation; `inputs` count the values made so far, `option` is its constant."""

    operation: str
    inputs: tuple[int, ...] = ()
    option: object = None


def ours(make):
    """The operations in the words of `Node` and `Dual`; `make` makes a leaf of an array."""
    return {
        "leaf": make,
        "add": lambda a, b, _: a + b,
        "subtract": lambda a, b, _: a - b,
        "multiply": lambda a, b, _: a * b,
        "matmul": lambda a, b, _: a @ b,
        "constant + a": lambda a, c: c + a,
        "a + constant": lambda a, c: a + c,
        "constant - a": lambda a, c: c - a,
        "a - constant": lambda a, c: a - c,
        "constant * a": lambda a, c: c * a,
        "a * constant": lambda a, c: a * c,
        "constant @ a": lambda a, c: c @ a,
        "a @ constant": lambda a, c: a @ c,
        "exp": lambda a, _: a.exp(),
        "log": lambda a, _: a.log(),
        "relu": lambda a, _: a.relu(),
        "sum": lambda a, o: a.sum(axis=o[0], keepdims=o[1]),
        "max": lambda a, o: a.max(axis=o[0], keepdims=o[1]),
        "index": lambda a, index: a[index],
    }


def pytorchs(make):
    """The operations in PyTorch's words."""
    named = {
        "sum": lambda a, o: torch.sum(a, dim=axes(a, o[0]), keepdim=o[1]),
        "max": lambda a, o: torch.amax(a, dim=axes(a, o[0]), keepdim=o[1]),
        "index": lambda a, index: a[tensors(index)],
    }
    for name, operation in ours(make).items():
        if "constant" in name:
            named[name] = lambda a, c, operation=operation: operation(a, tensors(c))
    return {**ours(make), **named}


def axes(a, axis):
    """All of them for None."""
    return tuple(range(a.ndim)) if axis is None else axis


def tensors(value):
    """Every array in `value`, which may be a tuple, as a tensor."""
    if isinstance(value, tuple):
        return tuple(map(tensors, value))
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def replay(steps, words):
    """Every value of the computation, as the library with these `words` makes it."""
    values = []
    for step in steps:
        inputs = [values[each] for each in step.inputs]
        values.append(words[step.operation](*inputs, step.option))
    return values


def leaves(steps):
    return [at for at, step in enumerate(steps) if step.operation == "leaf"]


def as_dtype(steps, dtype):
    """The same steps on leaves and constants of another floating-point type."""

    def cast(option):
        is_float = isinstance(option, np.ndarray) and option.dtype.kind == "f"
        return option.astype(dtype) if is_float else option

    return [Step(step.operation, step.inputs, cast(step.option)) for step in steps]


numbers = st.integers(-8, 8).map(lambda n: n / 4)  # few, so that some are equal
sizes = st.integers(1, 3)
shapes = st.lists(sizes, max_size=3).map(tuple)


@st.composite
def arrays(draw, shape):
    size = int(np.prod(shape))
    entries = draw(st.lists(numbers, min_size=size, max_size=size))
    return np.array(entries, dtype=np.float64).reshape(shape)


@st.composite
def fitting(draw, shape):
    """A shape that broadcasts with `shape`: axes of size 1, axes left out, or one more."""
    other = tuple(draw(st.sampled_from((size, size, 1))) for size in shape)
    kind = draw(st.sampled_from(("as many", "fewer", "one more")))
    if kind == "fewer":
        return other[draw(st.integers(0, len(other))) :]
    return (2, *other) if kind == "one more" and len(shape) < 4 else other


@st.composite
def reductions(draw, shape):
    """axis, which is None, a number or a tuple, and keepdims."""
    every = st.integers(-len(shape), len(shape) - 1)
    kinds = [st.none()]
    if shape:
        some = st.sets(st.integers(0, len(shape) - 1), min_size=1).map(tuple)
        kinds += [every, some]
    return draw(st.one_of(kinds)), draw(st.booleans())


@st.composite
def indices(draw, shape):
    """Numbers, slices, new axes and an ellipsis; or arrays of integers; or a mask."""
    kind = draw(st.sampled_from(("slices", "integers", "two arrays", "mask")))
    if kind == "slices" or (kind == "two arrays" and len(shape) < 2):
        index = [draw(numbers_and_slices(size)) for size in shape]
        index = index[: draw(st.integers(1, len(index)))]
        if draw(st.booleans()):
            index.append(...)
        if draw(st.booleans()) and len(shape) < 3:
            index.insert(draw(st.integers(0, len(index))), None)
        return tuple(index)
    if kind == "mask":
        masked = shape[: draw(st.integers(1, len(shape)))]
        mask = draw(arrays(masked)) > 0
        mask.flat[draw(st.integers(0, mask.size - 1))] = True
        return mask
    length = draw(st.integers(1, 4))
    picked = [
        np.array([draw(st.integers(-size, size - 1)) for _ in range(length)])
        for size in shape[:2]
    ]
    if kind == "two arrays":
        return tuple(picked)
    if len(shape) > 1 and draw(st.booleans()):
        return slice(None), picked[1]
    return picked[0]


@st.composite
def numbers_and_slices(draw, size):
    start = draw(st.integers(0, size - 1))
    if draw(st.booleans()):
        return start - draw(st.sampled_from((0, size)))
    return slice(start, draw(st.integers(start + 1, size)), draw(st.integers(1, 2)))


class Builder:
    """The steps so far, with their values and how many bits these have after the point."""

    def __init__(self, draw):
        self.draw, self.steps, self.values, self.bits = draw, [], [], []

    def add(self, step, bits):
        """Keep the step, unless its value is too large or leads to one on a knife's edge."""
        words = pytorchs(torch.from_numpy)
        inputs = [self.values[each] for each in step.inputs]
        value = words[step.operation](*inputs, step.option)
        if value.abs().max() <= LARGEST and value.numel() <= MOST_ENTRIES:
            self.steps.append(step)
            self.values.append(value)
            self.bits.append(bits)

    def leaf(self, shape):
        """The number of a new leaf."""
        self.add(Step("leaf", (), self.draw(arrays(shape))), 2)
        return len(self.steps) - 1

    def any_value(self):
        """Often the last, so that the result depends on much."""
        last = len(self.steps) - 1
        return last - self.draw(st.one_of(st.just(0), st.just(0), st.integers(0, last)))

    def partner(self, fits, shape):
        """A value whose shape fits, or a new leaf of `shape`."""
        old = [at for at, value in enumerate(self.values) if fits(tuple(value.shape))]
        if old and self.draw(st.booleans()):
            return self.draw(st.sampled_from(old))
        return self.leaf(shape)

    def grow(self):
        """One more step, of a kind that is possible for the value that is drawn."""
        at = self.any_value()
        kinds = [self.elementwise, self.with_constant, self.reduction]
        if self.values[at].ndim >= 1:
            kinds += [self.indexing]
        if self.values[at].ndim >= 2:
            kinds += [self.matmul] * 2
        if self.values[at].max() <= 3:
            kinds += [self.exp]
        if self.values[at].min() >= 0.1:
            kinds += [self.log]
        if self.bits[at] <= EXACT_BITS or self.values[at].abs().min() > GAP:
            kinds += [self.relu]
        self.draw(st.sampled_from(kinds))(at)

    def elementwise(self, at):
        shape = tuple(self.values[at].shape)

        def fits(other):
            longer = max(len(shape), len(other))
            pairs = zip(
                (1,) * (longer - len(shape)) + shape,
                (1,) * (longer - len(other)) + other,
                strict=True,
            )
            return longer <= 4 and all(m == n or 1 in (m, n) for m, n in pairs)

        pair = at, self.partner(fits, self.draw(fitting(shape)))
        operation = self.draw(st.sampled_from(("add", "subtract", "multiply")))
        self.both(operation, self.draw(st.permutations(pair)))

    def both(self, operation, pair):
        a, b = (self.bits[each] for each in pair)
        bits = a + b if operation in ("multiply", "matmul") else max(a, b)
        self.add(Step(operation, tuple(pair)), bits)

    def matmul(self, at):
        *lead, n, k = self.values[at].shape
        lead = self.draw(fitting(tuple(lead)))[-2:]
        m = self.draw(sizes)
        if self.draw(st.booleans()):
            operation = "matmul"
            if self.draw(st.booleans()):
                pair = at, self.partner(lambda s: s == (*lead, k, m), (*lead, k, m))
            else:
                pair = self.partner(lambda s: s == (*lead, m, n), (*lead, m, n)), at
            self.both(operation, pair)
        else:
            name, shape = self.draw(
                st.sampled_from(
                    [("a @ constant", (*lead, k, m)), ("constant @ a", (*lead, m, n))]
                )
            )
            constant = self.draw(arrays(shape))
            self.add(Step(name, (at,), constant), self.bits[at] + 2)

    def with_constant(self, at):
        shape = self.draw(fitting(tuple(self.values[at].shape)))
        constant = self.draw(st.one_of(numbers, arrays(shape)))
        sign = self.draw(st.sampled_from("+-*"))
        side = self.draw(st.sampled_from(("a {} constant", "constant {} a")))
        bits = self.bits[at] + 2 if sign == "*" else max(self.bits[at], 2)
        self.add(Step(side.format(sign), (at,), constant), bits)

    def exp(self, at):
        self.add(Step("exp", (at,)), inf)

    def log(self, at):
        self.add(Step("log", (at,)), inf)

    def relu(self, at):
        self.add(Step("relu", (at,)), self.bits[at])

    def reduction(self, at):
        value = self.values[at]
        axis, keepdims = self.draw(reductions(tuple(value.shape)))
        top = torch.amax(value, axes(value, axis), keepdim=True)
        close = (value > top - GAP).sum(axes(value, axis)) if value.ndim else 1
        clear = self.bits[at] <= EXACT_BITS or (torch.as_tensor(close) == 1).all()
        operation = self.draw(st.sampled_from(("sum", "max") if clear else ("sum",)))
        self.add(Step(operation, (at,), (axis, keepdims)), self.bits[at])

    def indexing(self, at):
        index = self.draw(indices(tuple(self.values[at].shape)))
        self.add(Step("index", (at,), index), self.bits[at])


@st.composite
def graphs(draw, most=12):
    """Steps, of which the last is the result; not every value need lead to it."""
    builder = Builder(draw)
    for _ in range(draw(st.integers(1, 2))):
        builder.leaf(draw(shapes))
    for _ in range(draw(st.integers(1, most))):
        builder.grow()
    return builder.steps
