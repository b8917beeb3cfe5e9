"""Practice for question 42: the second-order value of each leaf."""

import numpy as np

from answers.classical.boosting import leaf_value
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers

exercise = Exercise(
    leaf_value,
    page="42-trees-and-boosting",
    hints=(
        "To second order the loss of a leaf changes by G w + H w² / 2 if all of its scores move by "
        "w, and the penalty adds λ w² / 2. Where is the derivative 0?",
        "What does adding in place at `leaf` do where a number stands in it twice? `np.bincount` "
        "takes weights.",
        "Which leaves have 0 below the fraction?",
    ),
)

rng = np.random.default_rng(421)


def drawn(n, leaves):
    """Derivatives, and leaves in any order."""
    return rng.normal(size=n), rng.uniform(0.1, 2, size=n), rng.integers(0, leaves, n)


exercise.case("one example", np.array([-2.5]), np.array([1.5]), np.array([0]), 2.25)
exercise.case(
    "one leaf",
    np.array([2.0, -0.5, 1.2]),
    np.array([1.5, 0.3, 0.8]),
    np.zeros(3, int),
    0.7,
)
exercise.case(
    "two leaves",
    np.array([2.0, -0.5, 1.2]),
    np.array([1.5, 0.3, 0.8]),
    np.array([0, 0, 1]),
    0.7,
)
exercise.case("leaves in any order", *drawn(9, 3), 1.4)
exercise.case("many examples", *drawn(60, 8), 2.5)
exercise.case("the default penalty", *drawn(12, 3))
exercise.case("no penalty", *drawn(12, 3), 0.0)
exercise.case("a large penalty", *drawn(12, 3), 250.0)
exercise.case("a whole penalty", *drawn(12, 3), 3)
exercise.case("squared error", rng.normal(size=10), np.ones(10), np.arange(10) % 3, 0.0)
exercise.case("an empty leaf", *drawn(5, 3)[:2], np.array([0, 3, 0, 3, 2]), 0.6)
exercise.case("the first leaf empty", *drawn(4, 3)[:2], np.array([2, 1, 1, 2]), 0.6)
exercise.case(
    "an empty leaf, no penalty", *drawn(4, 3)[:2], np.array([2, 0, 0, 2]), 0.0
)
exercise.case(
    "no curvature, no penalty",
    np.array([1.5, -0.4, 0.8]),
    np.array([0.0, 0.6, 0.0]),
    np.array([0, 1, 0]),
    0.0,
)
exercise.case(
    "no curvature, and a penalty",
    np.array([1.5, -0.4, 0.8]),
    np.array([0.0, 0.6, 0.0]),
    np.array([0, 1, 0]),
    0.3,
)
exercise.case(
    "little curvature, no penalty",
    np.array([3e-12, -4e-12, 1.0]),
    np.array([2e-12, 1e-12, 0.5]),
    np.array([0, 0, 1]),
    0.0,
)
exercise.case(
    "a large value",
    np.array([40.0, 25.0, -0.5]),
    np.array([0.5, 0.25, 0.75]),
    np.array([0, 0, 1]),
    0.5,
)
exercise.case(
    "gradients that cancel",
    np.array([1.5, -1.5, 2.0]),
    np.array([0.5, 0.25, 1.0]),
    np.array([0, 0, 1]),
)
exercise.case(
    "an example without curvature beside others",
    np.array([1.5, -0.4, 0.8]),
    np.array([0.0, 0.6, 0.5]),
    np.array([0, 0, 1]),
    0.3,
)
exercise.case(
    "a leaf of large sums before another",
    np.array([3e12, -0.4, 0.8, 1.7]),
    np.array([2e12, 0.6, 0.5, 0.9]),
    np.array([0, 1, 2, 1]),
    0.3,
)
add_whole_numbers(
    exercise,
    np.array([7, -3, 12, 4, -9]),
    np.array([2, 1, 5, 3, 1]),
    np.array([1, 0, 1, 2, 0]),
    0.5,
)
g, h, leaf = drawn(12, 3)
exercise.case("leaves as bytes", g, h, leaf.astype(np.uint8), 0.8)
exercise.case("float32", g.astype(np.float32), h.astype(np.float32), leaf, 0.8)
exercise.case(
    "float32 of unequal size",
    np.array([1e8, 3, -1e8, 2], np.float32),
    np.array([0.5, 0.25, 0.5, 1], np.float32),
    np.array([0, 0, 0, 1]),
    0.5,
)


def sums(values, leaf):
    """Of each leaf, in float64."""
    return np.bincount(leaf.astype(int), values.astype(float))


def last(values, leaf):
    """Of each leaf, the last example's."""
    found = np.zeros(int(leaf.max()) + 1)
    found[leaf] += values
    return found


def ratio(above, below):
    """0 where nothing is below."""
    below = np.where(below > 0, below, np.inf)
    return above / below


@exercise.bug
def uphill(g, h, leaf, penalty=1.0):
    """The value has the sign of the gradient: the loss rises. Go against it."""
    # "The value has the sign of the gradient": np.allclose(got, -want) and got.any()
    # "Go against it": ratio(sums(g, leaf) → -ratio(sums(g, leaf)
    return ratio(sums(g, leaf), sums(h, leaf) + penalty)


@exercise.bug
def no_penalty(g, h, leaf, penalty=1.0):
    """The penalty is left out. Add it to the sum of second derivatives."""
    # "The penalty is left out": np.allclose(got, right(g, h, leaf, 0.0))
    # "Add it to the sum of second derivatives": sums(h, leaf)) → sums(h, leaf) + penalty)
    return -ratio(sums(g, leaf), sums(h, leaf))


@exercise.bug
def penalty_of_each_example(g, h, leaf, penalty=1.0):
    """The penalty counts for each example: it is added to each h, or both sums are made means,
    which is the same. It is added once a leaf, to the sum."""
    # "The penalty counts for each example: it is added to each h": np.allclose(got,
    #     -np.bincount(leaf, g) / np.bincount(leaf, h + penalty))
    # "or both sums are made means, which is the same": np.allclose(got, [-g[leaf == k].mean() /
    #     (h[leaf == k].mean() + penalty) for k in range(leaf.max() + 1)])
    # "It is added once a leaf, to the sum": sums(h + penalty, leaf) → sums(h, leaf) + penalty
    return -ratio(sums(g, leaf), sums(h + penalty, leaf))


@exercise.bug(factor=(2, 0.5))
def penalty_times_a_factor(g, h, leaf, penalty=1.0, factor=2):
    """The penalty is doubled or halved. The derivative of λ w² / 2 is λ w, and that of H w² / 2 is
    H w: both count alike."""
    # "The penalty is doubled or halved": any(np.allclose(got, right(g, h, leaf, penalty * f)) for f
    #     in (2, 0.5))
    # "both count alike": factor * penalty → penalty
    return -ratio(sums(g, leaf), sums(h, leaf) + factor * penalty)


@exercise.bug
def default_of_0(g, h, leaf, penalty=0.0):
    """Without `penalty` its default must be 1.0, and 0.0 is taken."""
    # "Without `penalty` its default must be 1.0": not np.allclose(bug(g, h, leaf), right(g, h,
    #     leaf)) and np.allclose(bug(g, h, leaf, penalty=1.0), right(g, h, leaf))
    return -ratio(sums(g, leaf), sums(h, leaf) + penalty)


@exercise.bug(penalised=(True, False))
def mean_gradient(g, h, leaf, penalty=1.0, penalised=True):
    """The sum of gradients is divided by the number of examples. Divide by the sum of their second
    derivatives, and the penalty."""
    # "The sum of gradients is divided by the number of examples": np.allclose(got,
    #     right(g, np.ones(len(g)), leaf, penalty))
    # "Divide by the sum of their second derivatives, and the penalty": np.ones(len(g)) → h;
    #     penalty * penalised → penalty
    return -ratio(sums(g, leaf), sums(np.ones(len(g)), leaf) + penalty * penalised)


@exercise.bug(averaged=(True, False))
def mean_of_ratios(g, h, leaf, penalty=1.0, averaged=True):
    """Each example takes its own step, and the steps are averaged or added up. Add up both
    derivatives first, then divide."""
    # "Each example takes its own step, and the steps are averaged or added up": any(np.allclose(
    #     got, [each(-g[leaf == i] / (h[leaf == i] + penalty)) for i in range(leaf.max() + 1)]) for
    #     each in (np.mean, np.sum))
    # "Add up both derivatives first, then divide": sums(ratio(g, h + penalty), leaf) → sums(g,
    #     leaf); sums(np.ones(len(g)), leaf) if averaged else 1 → sums(h, leaf) + penalty
    steps = sums(ratio(g, h + penalty), leaf)
    return -ratio(steps, sums(np.ones(len(g)), leaf) if averaged else 1)


@exercise.bug
def root_of_the_curvature(g, h, leaf, penalty=1.0):
    """The root of H + penalty is taken, as Adam does with its squares. A Newton step divides by it
    as it is."""
    # "The root of H + penalty is taken": np.allclose(got, -np.bincount(leaf, g) /
    #     np.sqrt(np.bincount(leaf, h) + penalty))
    # "A Newton step divides by it as it is": np.sqrt(sums(h, leaf) + penalty) → sums(h,
    #     leaf) + penalty
    return -ratio(sums(g, leaf), np.sqrt(sums(h, leaf) + penalty))


@exercise.bug(of=("both", "g", "h"))
def each_leaf_has_its_last_example(g, h, leaf, penalty=1.0, of="both"):
    """Where a leaf stands several times, its last example alone is in the sum of g, of h or of
    both, as an assignment by index leaves it. Use np.bincount, or np.add.at."""
    # "its last example alone is in the sum of g, of h or of both": np.allclose(got, [next(-g[i] /
    #     (h[i] + penalty) for i in range(len(g))[::-1] if leaf[i] == k) for k in range(leaf.max() +
    #     1)])
    # "Use np.bincount, or np.add.at": last(g, leaf) → sums(g, leaf); last(h, leaf) → sums(h, leaf)
    above = sums(g, leaf) if of == "h" else last(g, leaf)
    return -ratio(above, (sums(h, leaf) if of == "g" else last(h, leaf)) + penalty)


@exercise.bug
def leaves_renumbered(g, h, leaf, penalty=1.0):
    """An empty leaf is left out, so that later values stand at wrong numbers. Keep its place, with
    a 0."""
    # "An empty leaf is left out": len(got) == len(set(leaf.tolist())) < len(want)
    # "Keep its place": np.unique(leaf, return_inverse=True)[1] → leaf
    leaf = np.unique(leaf, return_inverse=True)[1]
    return -ratio(sums(g, leaf), sums(h, leaf) + penalty)


@exercise.bug
def nan_where_nothing_is_below(g, h, leaf, penalty=1.0):
    """Where H + penalty is 0 it is divided by, which makes nan or infinity. The value is 0
    there."""
    # "it is divided by, which makes nan or infinity": not np.isfinite(got).all()
    # "The value is 0 there": above / below → ratio(above, below)
    above, below = sums(g, leaf), sums(h, leaf) + penalty
    with np.errstate(all="ignore"):
        return -(above / below)


@exercise.bug(eps=(1e-16, 1e-12, 1e-10, 1e-9, 1e-8, 1e-6))
def epsilon_below(g, h, leaf, penalty=1.0, eps=1e-12):
    """A small number is added below, against a division by 0. Little curvature needs all digits:
    set the value to 0 where H + penalty is 0, and add nothing."""
    # "A small number is added below": sums(h, leaf) + penalty + eps → sums(h, leaf) + penalty
    # "Little curvature needs all digits": np.bincount(leaf, h).min() < 1e-11 and
    #     not np.allclose(got, want)
    return -ratio(sums(g, leaf), sums(h, leaf) + penalty + eps)


@exercise.bug(least=(1e-16, 1e-12, 1e-10, 1e-9, 1e-8, 1e-6, 1e-3))
def bounded_below(g, h, leaf, penalty=1.0, least=1e-6):
    """What stands below the fraction is bounded from below, against a division by 0. A sum may be
    smaller: set the value to 0 where H + penalty is 0, and bound nothing."""
    # "What stands below the fraction is bounded from below": any(np.allclose(got,
    #     -np.bincount(leaf, g) / np.maximum(np.bincount(leaf, h) + penalty, each), rtol=1e-9) for
    #     each in (1e-16, 1e-12, 1e-10, 1e-9, 1e-8, 1e-6, 1e-3))
    # "A sum may be smaller": (np.bincount(leaf, h) + penalty).min() < 1e-5 and not
    #     np.allclose(got, want)
    # "set the value to 0 where H + penalty is 0, and bound nothing": np.maximum(sums(h, leaf) +
    #     penalty, least) → (sums(h, leaf) + penalty)
    return -ratio(sums(g, leaf), np.maximum(sums(h, leaf) + penalty, least))


@exercise.bug
def curvature_of_all(g, h, leaf, penalty=1.0):
    """Below the fraction stands the sum of all second derivatives. Add up the second derivatives
    of the leaf's own examples."""
    # "Below the fraction stands the sum of all second derivatives": np.allclose(got,
    #     -np.bincount(leaf, g) / (h.sum() + penalty))
    # "Add up the second derivatives of the leaf's own examples": h.astype(float).sum() → sums(h,
    #     leaf)
    return -ratio(sums(g, leaf), h.astype(float).sum() + penalty)


@exercise.bug
def zero_where_curvature_is_0(g, h, leaf, penalty=1.0):
    """The value is 0 where H is 0, although a penalty stands beside it. Ask whether H + penalty
    is 0."""
    # "The value is 0 where H is 0": (got[np.bincount(leaf, h) == 0] == 0).all()
    # "Ask whether H + penalty is 0": sums(h, leaf) > 0 → sums(h, leaf) + penalty > 0
    value = -ratio(sums(g, leaf), sums(h, leaf) + penalty)
    return np.where(sums(h, leaf) > 0, value, 0.0)


@exercise.bug
def value_of_each_example(g, h, leaf, penalty=1.0):
    """Each example has its leaf's value. Return one value a leaf."""
    # "Each example has its leaf's value": got.shape == leaf.shape and np.allclose(got, want[leaf])
    # "Return one value a leaf": [leaf] →
    return -ratio(sums(g, leaf), sums(h, leaf) + penalty)[leaf]


def sums_as(values, leaf, kind):
    total = np.zeros(int(leaf.max()) + 1, kind)
    np.add.at(total, leaf.astype(int), values.astype(kind))
    return total


@exercise.bug
def sums_in_float32(g, h, leaf, penalty=1.0):
    """Sums are made in float32, which has 7 digits. Make them in float64."""
    # "Sums are made in float32": g.dtype == np.float32 and not np.allclose(got, want)
    # "Make them in float64": np.float32 if → float if
    kind = np.float32 if g.dtype == np.float32 else float
    return -ratio(sums_as(g, leaf, kind), sums(h, leaf) + penalty)


@exercise.bug
def sums_in_the_type_of_g(g, h, leaf, penalty=1.0):
    """Sums of `h` are made in the type of `g`, whose integers cut off fractions. Make all sums in
    float64."""
    # "Sums of `h` are made in the type of `g`, whose integers cut off fractions": g.dtype.kind ==
    #     "i" and np.allclose(got, right(g, np.trunc(h), leaf, penalty))
    # "Make all sums in float64": leaf, g.dtype) → leaf, float)
    below = sums_as(h, leaf, g.dtype) + float(penalty)
    return -ratio(sums_as(g, leaf, g.dtype).astype(float), below)


@exercise.bug(factor=(-0.5, 0.5, 1, -1))
def loss_for_value(g, h, leaf, penalty=1.0, factor=-0.5):
    """This is the loss at the best value, G² / (H + penalty) but for a factor. Return the value
    itself, -G / (H + penalty)."""
    # "This is the loss at the best value, G² / (H + penalty) but for a factor": np.allclose(got,
    #     np.bincount(leaf, g) * want + (np.bincount(leaf, h) + penalty) * want**2 / 2)
    # "Return the value itself, -G / (H + penalty)": factor * sums(g, leaf) ** 2 → -sums(g, leaf)
    return ratio(factor * sums(g, leaf) ** 2, sums(h, leaf) + penalty)


@exercise.bug
def absolute_gradients(g, h, leaf, penalty=1.0):
    """Absolute gradients are added up: opposite ones must cancel. Add them with their signs."""
    # "Absolute gradients are added up": np.allclose(got, -np.bincount(leaf, abs(g)) /
    #     (np.bincount(leaf, h) + penalty))
    # "Add them with their signs": abs(g) → g
    return -ratio(sums(abs(g), leaf), sums(h, leaf) + penalty)
