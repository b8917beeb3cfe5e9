"""Random computations, each as a list of steps that any library can replay.

A step makes one more value from earlier ones: any operation of the tape, with values used
again and again, constants on either side, and every kind of broadcasting and indexing.
"""

import functools
from dataclasses import dataclass
from math import inf
from random import Random

import numpy as np
import torch

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


class Draw(Random):
    """What graphs are made of."""

    def yes(self):
        return self.random() < 0.5

    def number(self):
        return self.randint(-8, 8) / 4  # few, so that some are equal

    def shape(self):
        return tuple(self.randint(1, 3) for _ in range(self.randint(0, 3)))

    def array(self, shape):
        entries = [self.number() for _ in range(int(np.prod(shape)))]
        return np.array(entries, dtype=np.float64).reshape(shape)

    def fitting(self, shape):
        """A shape that broadcasts with `shape`: axes of size 1, axes left out, or one more."""
        other = tuple(self.choice((size, size, 1)) for size in shape)
        kind = self.choice(("as many", "fewer", "one more"))
        if kind == "fewer":
            return other[self.randint(0, len(other)) :]
        return (2, *other) if kind == "one more" and len(shape) < 4 else other

    def reduction(self, shape):
        """axis, which is None, a number or a tuple, and keepdims."""
        axis = None
        if shape:
            every = range(len(shape))
            some = self.sample(every, self.randint(1, len(shape)))
            one = self.randrange(-len(shape), len(shape))
            axis = self.choice((None, one, tuple(some)))
        return axis, self.yes()

    def index(self, shape):
        """Numbers, slices, new axes and an ellipsis; or arrays of integers; or a mask."""
        kind = self.choice(("slices", "integers", "two arrays", "mask"))
        if kind == "slices" or (kind == "two arrays" and len(shape) < 2):
            index = [self.number_or_slice(size) for size in shape]
            index = index[: self.randint(1, len(index))]
            if self.yes():
                index.append(...)
            if self.yes() and len(shape) < 3:
                index.insert(self.randint(0, len(index)), None)
            return tuple(index)
        if kind == "mask":
            mask = self.array(shape[: self.randint(1, len(shape))]) > 0
            mask.flat[self.randrange(mask.size)] = True
            return mask
        length = self.randint(1, 4)
        picked = [
            np.array([self.randrange(-size, size) for _ in range(length)]) for size in shape[:2]
        ]
        if kind == "two arrays":
            return tuple(picked)
        if len(shape) > 1 and self.yes():
            return slice(None), picked[1]
        return picked[0]

    def number_or_slice(self, size):
        start = self.randrange(size)
        if self.yes():
            return start - self.choice((0, size))
        return slice(start, self.randint(start + 1, size), self.randint(1, 2))


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
        self.add(Step("leaf", (), self.draw.array(shape)), 2)
        return len(self.steps) - 1

    def any_value(self):
        """Often the last, so that the result depends on much."""
        last = len(self.steps) - 1
        return last - self.draw.choice((0, 0, self.draw.randint(0, last)))

    def partner(self, fits, shape):
        """A value whose shape fits, or a new leaf of `shape`."""
        old = [at for at, value in enumerate(self.values) if fits(tuple(value.shape))]
        if old and self.draw.yes():
            return self.draw.choice(old)
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
        self.draw.choice(kinds)(at)

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

        pair = at, self.partner(fits, self.draw.fitting(shape))
        operation = self.draw.choice(("add", "subtract", "multiply"))
        self.both(operation, self.draw.sample(pair, 2))

    def both(self, operation, pair):
        a, b = (self.bits[each] for each in pair)
        bits = a + b if operation in ("multiply", "matmul") else max(a, b)
        self.add(Step(operation, tuple(pair)), bits)

    def matmul(self, at):
        *lead, n, k = self.values[at].shape
        lead = self.draw.fitting(tuple(lead))[-2:]
        m = self.draw.randint(1, 3)
        if self.draw.yes():
            operation = "matmul"
            if self.draw.yes():
                pair = at, self.partner(lambda s: s == (*lead, k, m), (*lead, k, m))
            else:
                pair = self.partner(lambda s: s == (*lead, m, n), (*lead, m, n)), at
            self.both(operation, pair)
        else:
            name, shape = self.draw.choice(
                [("a @ constant", (*lead, k, m)), ("constant @ a", (*lead, m, n))]
            )
            constant = self.draw.array(shape)
            self.add(Step(name, (at,), constant), self.bits[at] + 2)

    def with_constant(self, at):
        shape = self.draw.fitting(tuple(self.values[at].shape))
        constant = self.draw.choice((self.draw.number(), self.draw.array(shape)))
        sign = self.draw.choice("+-*")
        side = self.draw.choice(("a {} constant", "constant {} a"))
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
        axis, keepdims = self.draw.reduction(tuple(value.shape))
        top = torch.amax(value, axes(value, axis), keepdim=True)
        close = (value > top - GAP).sum(axes(value, axis)) if value.ndim else 1
        clear = self.bits[at] <= EXACT_BITS or (torch.as_tensor(close) == 1).all()
        operation = self.draw.choice(("sum", "max") if clear else ("sum",))
        self.add(Step(operation, (at,), (axis, keepdims)), self.bits[at])

    def indexing(self, at):
        index = self.draw.index(tuple(self.values[at].shape))
        self.add(Step("index", (at,), index), self.bits[at])


def random_graph(seed):
    """Steps, of which the last is the result; not every value need lead to it."""
    builder = Builder(draw := Draw(seed))
    for _ in range(draw.randint(1, 2)):
        builder.leaf(draw.shape())
    for _ in range(draw.randint(1, 12)):
        builder.grow()
    return builder.steps


@functools.cache
def graphs():
    """The steps of some hundred graphs."""
    return [random_graph(seed) for seed in range(400)]
