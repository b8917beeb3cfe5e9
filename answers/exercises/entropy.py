"""Practice for question 18: the entropy of a distribution."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import REFUSED
from answers.grader.number_types import add_whole_numbers
from answers.probability.divergence import entropy

exercise = Exercise(
    entropy,
    page="18-kl-divergence",
    hints=(
        "-Σ p log p is a weighted mean: of what, and with which weights? Do it by hand for "
        "[0.5, 0.5] and for [1, 0].",
        "p log p tends to 0 as p does, but NumPy makes 0 · -inf, which is nan. Which entries can "
        "be left out of the sum without changing it?",
        "NumPy has log and log2. For any other base, what turns a natural logarithm into one to "
        "that base?",
    ),
)

rng = np.random.default_rng(18)
matrix, cube = rng.dirichlet(np.ones(5), 3), rng.dirichlet(np.ones(3), (4, 2))
first = np.moveaxis(cube, -1, 0).copy()
exercise.case("three classes", np.array([0.62, 0.27, 0.11]))
exercise.case("a coin, in bits", np.array([0.85, 0.15]), base=2)
exercise.case("three classes, in base 2.5", np.array([0.62, 0.27, 0.11]), base=2.5)
exercise.case("rows of a matrix", matrix)
exercise.case("columns, in base 10", matrix.T.copy(), base=10, axis=0)
exercise.case("the last of three axes", cube)
exercise.case("the middle one of three axes", cube.swapaxes(1, 2).copy(), axis=1)
exercise.case("the first of three axes", first, axis=0)
exercise.case("a class of probability 0", np.array([0.62, 0.0, 0.27, 0.11]))
exercise.case("one class is certain", np.array([[0, 1, 0], [1, 0, 0]]))
rare = np.append(1 - 1e-4, np.full(10_000, 1e-8))
exercise.case("10,000 classes of probability 1e-8", rare)


@exercise.check
def is_exactly_0_for_a_certain_class(entropy):
    """One class is certain, and the entropy is not 0 but a little more or less: look for
    an epsilon."""
    return abs(entropy(np.array([0.0, 1.0, 0.0]))) < 1e-16


@exercise.check
def counts_a_class_of_probability_1e_17(entropy):
    """A class of probability 1e-17 adds 3.9e-16, and yours adds nothing, or another number: look
    for an epsilon, a bound or a rounding."""
    found = entropy(np.array([1.0, 1e-17]))
    return abs(found / -(1e-17 * np.log(1e-17)) - 1) < 0.01


@exercise.check
def leaves_a_zero_as_it_is(entropy):
    """A zero of `p` has become a tiny number, in the array of the caller. Take the logarithm of a
    copy: `np.where(p > 0, p, 1)`."""
    p = np.array([0.0, 1.0])
    entropy(p)
    return p[0] == 0


exercise.case("float32", matrix.astype(np.float32))
exercise.case("a sum that misses 1 by rounding", matrix * (1 + 1e-10))
exercise.case("entries that sum to 2", np.array([1.0, 0.5, 0.5]), base=2, noted=REFUSED)
exercise.case("a negative entry", np.array([0.5, 1.0, -0.5]), base=2, noted=REFUSED)
add_whole_numbers(exercise, np.array([[0, 1, 0], [0, 0, 1]]), signed=False)
exercise.case("four axes", cube[None].swapaxes(2, 3).copy(), axis=2)
exercise.case("three classes, in base 10", np.array([0.62, 0.27, 0.11]), base=10)
exercise.case("rows of a matrix, in base 10", matrix, base=10)
exercise.case("the last of three axes, in base 10", cube, base=10)


def terms(p):
    return p * np.log(np.where(p > 0, p, 1))


@exercise.bug
def sign_lost(p, base=np.e, axis=-1):
    """The minus sign is missing: log p is negative, so -Σ p log p is what is positive."""
    # "The minus sign is missing: log p is negative, so -Σ p log p is what is positive":
    #     np.isclose(got, (p * np.log(p)).sum()) and got < 0
    # "-Σ p log p is what is positive": -entropy(p, base, axis) → (entropy(p, base, axis), -(p *
    #     np.log(np.where(p > 0, p, 1))).sum(axis=axis) / np.log(base))[1]
    return -entropy(p, base, axis)


@exercise.bug
def nan_for_zero(p, base=np.e, axis=-1):
    """A class of probability 0 makes 0 · log 0, which is nan. Its term is 0: sum over the
    classes with p > 0, or take the logarithm of 1 where p is 0."""
    # "A class of probability 0 makes 0 · log 0, which is nan": np.isnan(got)
    # "sum over the classes with p > 0": (p * np.log(p)) → np.where(p > 0, p * np.log(p), 0)
    # "or take the logarithm of 1 where p is 0": np.log(p) → np.log(np.where(p == 0, 1, p))
    entropy(p, base, axis)
    return -(p * np.log(p)).sum(axis=axis) / np.log(base)


@exercise.bug
def nan_replaced_after_the_sum(p, base=np.e, axis=-1):
    """The nan of 0 · log 0 is replaced after the sum, so that one class of probability 0 makes the
    entropy 0. Replace it in the terms."""
    # "so that one class of probability 0 makes the entropy 0": (p == 0).any() and got == 0 < want
    # "Replace it in the terms": np.nan_to_num(-(p * np.log(p)).sum(axis=axis)) →
    #     -np.nan_to_num(p * np.log(p)).sum(axis=axis)
    entropy(p, base, axis)
    with np.errstate(all="ignore"):
        return np.nan_to_num(-(p * np.log(p)).sum(axis=axis)) / np.log(base)


EPS = (1e-10, 1e-12, 1e-9, 1e-8, 1e-7, 1e-6, 1e-15, 1e-5)


@exercise.bug(added=EPS, clipped=EPS)
def eps_in_the_logarithm(p, base=np.e, axis=-1, added=0, clipped=0):
    """An epsilon is added to the probabilities, or they are clipped at it; rare classes change,
    and a certain one no longer gives 0. Leave out the classes with p = 0 instead."""
    # "a certain one no longer gives 0": (got != 0).all()
    # "Leave out the classes with p = 0 instead": p = np.clip(p, clipped, 1) → added = p == 0
    # "An epsilon is added to the probabilities, or they are clipped at it": bug(np.array([1.0,
    #     0.0]), added=1e-3) != bug(np.array([1.0, 0.0]), clipped=1e-3) != 0
    entropy(p, base, axis)
    p = np.clip(p, clipped, 1)
    return -(p * np.log(p + added)).sum(axis=axis) / np.log(base)


@exercise.bug(fixed=(np.e, 2))
def base_ignored(p, base=np.e, axis=-1, fixed=np.e):
    """The argument `base` is ignored, so the unit is always the same one. Divide the natural
    logarithm by log(base)."""
    # "The argument `base` is ignored, so the unit is always the same one": bug(p, 2) == bug(p,
    #     base=10)
    # "Divide the natural logarithm by log(base)": entropy(p, fixed, axis) → entropy(p, np.e,
    #     axis) / np.log(base)
    return entropy(p, fixed, axis)


@exercise.bug
def bits_by_default(p, base=2, axis=-1):
    """Where no base is passed, the result is in bits. The default is e, for nats: leave it as it
    stands in the stub."""
    # "Where no base is passed, the result is in bits": np.isclose(got, want / np.log(2))
    # "leave it as it stands in the stub": base=2 → base=np.e
    return entropy(p, base, axis)


@exercise.bug(unit=(np.e, 2))
def times_log_of_the_base(p, base=np.e, axis=-1, unit=np.e):
    """The sum is multiplied by log(base). A larger unit makes a smaller number: divide."""
    # "The sum is multiplied by log(base)": np.isclose(got, want * np.log(base) ** 2)
    # "A larger unit makes a smaller number: divide": * (np.log(base) → / (np.log(base)
    return entropy(p, unit, axis) * (np.log(base) / np.log(unit))


@exercise.bug
def divided_by_its_maximum(p, base=np.e, axis=-1):
    """The entropy is divided by log(classes), its largest value, so that it lies between 0 and
    1. That is another quantity; divide by log(base) only."""
    # "The entropy is divided by log(classes), its largest value, so that it lies between 0 and
    #     1": np.isclose(got, want / np.log(3)) and np.isclose(bug(np.full(3, 1 / 3)), 1)
    # "divide by log(base) only": / np.log(p.shape[axis]) → / np.log(base)
    return entropy(p, axis=axis) / np.log(p.shape[axis])


@exercise.bug
def probabilities_not_weighted(p, base=np.e, axis=-1):
    """The surprises -log p are averaged as if all classes were equally likely. Weight each by
    its p, and sum."""
    # "The surprises -log p are averaged as if all classes were equally likely": np.isclose(got,
    #     -np.log(p).mean())
    # "Weight each by its p, and sum": -np.log(p).mean(axis=axis) → -(p * np.log(np.where(p > 0,
    #     p, 1))).sum(axis=axis)
    entropy(p, base, axis)
    return -np.log(p).mean(axis=axis) / np.log(base)


@exercise.bug
def softmax_first(p, base=np.e, axis=-1):
    """A softmax is taken first, as if `p` were logits, and makes the classes more alike. `p` holds
    probabilities: take them as they are."""
    # "A softmax is taken first, as if `p` were logits, and makes the classes more alike":
    #     np.isclose(got, right(np.exp(p) / np.exp(p).sum())) and got > want
    # "take them as they are": shares = np.exp(p) → shares = p
    entropy(p, base, axis)
    shares = np.exp(p)
    return entropy(shares / shares.sum(axis=axis, keepdims=True), base, axis)


@exercise.bug
def mean_for_sum(p, base=np.e, axis=-1):
    """The terms p log p are averaged over the classes, but p is already the weight of each.
    Sum them."""
    # "The terms p log p are averaged over the classes": np.isclose(got, -(p *
    #     np.log(p)).mean())
    # "Sum them": / p.shape[axis] → / p.shape[axis] * p.shape[axis]
    return entropy(p, base, axis) / p.shape[axis]


@exercise.bug(fixed=(-1, 1))
def last_axis_always(p, base=np.e, axis=-1, fixed=-1):
    """The argument `axis` is ignored, in the sum of the terms or in the test of the sums. Pass
    `axis=axis` to every sum."""
    # "The argument `axis` is ignored": isinstance(got, ValueError) and "along axis -1" in
    #     str(got) and axis == 0
    # "Pass `axis=axis` to every sum": base, fixed → base, axis=axis
    return entropy(p, base, fixed)


@exercise.bug
def one_sum_for_all(p, base=np.e, axis=-1):
    """One sum is taken over the whole array. Each row is a distribution: sum along the axis."""
    # "One sum is taken over the whole array": np.isclose(got, -(p * np.log(p)).sum())
    # "Each row is a distribution: sum along the axis": np.sum(entropy(p, base, axis)) →
    #     (entropy(p, base, axis), -terms(p).sum(axis=axis) / np.log(base))[1]
    return np.sum(entropy(p, base, axis))


@exercise.bug
def axis_kept(p, base=np.e, axis=-1):
    """The result keeps the summed axis with size 1. Sum without keepdims at the end."""
    # "The result keeps the summed axis with size 1": np.shape(got) == (1,)
    # "Sum without keepdims at the end": np.expand_dims(entropy(p, base, axis), axis) →
    #     np.sum(np.expand_dims(entropy(p, base, axis), axis), axis=axis)
    return np.expand_dims(entropy(p, base, axis), axis)


@exercise.bug
def exact_sum_asked_for(p, base=np.e, axis=-1):
    """A sum that misses 1 by rounding is refused, as many a computed distribution would
    be. Allow 1e-5: `np.allclose`, or `abs(sum - 1) <= 1e-5`."""
    # "A sum that misses 1 by rounding is refused": isinstance(got, ValueError) and
    #     np.allclose(p.sum(axis=-1), 1)
    # "Allow 1e-5: `np.allclose`": (p.sum(axis=axis) != 1).any() → not
    #     np.allclose(p.sum(axis=axis), 1, atol=1e-5)
    # "or `abs(sum - 1) <= 1e-5`": (p.sum(axis=axis) != 1).any() → (lambda sum: not (abs(sum -
    #     1) <= 1e-5).all())(p.sum(axis=axis))
    if (p.sum(axis=axis) != 1).any():
        raise ValueError("no sum of 1")
    return entropy(p, base, axis)
