"""Practice for question 18: the Jensen-Shannon divergence."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import REFUSED
from answers.grader.number_types import add_whole_numbers
from answers.probability.divergence import entropy, jensen_shannon, kl_divergence

exercise = Exercise(
    jensen_shannon,
    page="18-kl-divergence",
    hints=(
        "Both distributions are compared with one that lies half-way. Which is it, and can it "
        "exclude a class that one of them allows?",
        "It is the mean of two KL divergences: the half comes in twice, in the mixture and in "
        "front of each divergence.",
        "Where p is 0, its term p log(p / m) is 0; but NumPy makes nan of it, and where q is 0 "
        "too, 0 / 0 besides.",
    ),
)

rng = np.random.default_rng(181)
p, q = rng.dirichlet(np.ones(5), 3), rng.dirichlet(np.ones(5), 3)
cubes = [rng.dirichlet(np.ones(3), (4, 2)).swapaxes(1, 2).copy() for _ in range(2)]
zero, other = np.array([0.3, 0.0, 0.7]), np.array([0.5, 0.3, 0.2])
exercise.case("a coin", np.array([0.5, 0.5]), np.array([0.9, 0.1]))
exercise.case("three classes", np.array([0.62, 0.27, 0.11]), other)
exercise.case("three classes, in bits", np.array([0.62, 0.27, 0.11]), other, base=2)
exercise.case("three classes, in base 3", np.array([0.62, 0.27, 0.11]), other, base=3)
exercise.case("rows of a matrix", p, q)
exercise.case("columns, in base 10", p.T.copy(), q.T.copy(), base=10, axis=0)
exercise.case("the last of three axes", *(a.swapaxes(1, 2).copy() for a in cubes))
exercise.case("the middle one of three axes", *cubes, axis=1)
exercise.case(
    "the first of three axes", *(a.swapaxes(0, 1).copy() for a in cubes), axis=0
)
exercise.case("equal distributions", p, p.copy())
exercise.case("a class that p excludes", zero, other)
exercise.case("a class that q excludes", other, zero)
exercise.case("a class that both exclude", zero, np.array([0.6, 0.0, 0.4]))
exercise.case(
    "no class in common, in bits", np.array([[0, 1]]), np.array([[1, 0]]), base=2
)
exercise.case(
    "classes of probability 1e-17", np.array([1e-17, 1]), np.array([1, 1e-17])
)
apart = np.array([[1.0, 0.0], [0.95, 0.05]])
exercise.case("above 1, in base 1.5", apart, apart[:, ::-1].copy(), base=1.5)
rare = np.array([1 - 1e-5, 1e-5])
exercise.case("1e-5 in q, base 1.001", np.array([1.0, 0]), rare, base=1.001)
exercise.case("float32", p.astype(np.float32), q.astype(np.float32))
exercise.case("sums that miss 1 by rounding", p * (1 + 1e-10), q * (1 - 1e-10))


@exercise.check
def counts_a_class_of_probability_1e_17(jensen_shannon):
    """A class of probability 1e-17 in p and 0 in q adds 3.5e-18, and yours adds nothing, or another
    number: look for an epsilon, a bound or a rounding."""
    found = jensen_shannon(np.array([1.0, 1e-17]), np.array([1.0, 0.0]))
    return abs(found / (1e-17 * np.log(2) / 2) - 1) < 0.01


@exercise.check
def leaves_a_zero_as_it_is(jensen_shannon):
    """A zero of `p` or `q` has become a tiny number, in the array of the caller. Take the logarithm
    of a copy: `np.where(p > 0, p, 1)`."""
    p, q = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    jensen_shannon(p, q)
    return p[0] == 0 == q[1]


# Powers of two: results have the same last digit, however they are computed.
half = np.array([0.5, 0.5, 0.0, 0.0])
some = np.array([0.5, 0.25, 0.25])
exercise.case("q sums to 0.5", half, half[::-1] / 2, base=2, noted=REFUSED)
exercise.case(
    "a negative entry in p", np.array([0.5, 1, -0.5]), some, base=2, noted=REFUSED
)
sure = np.array([[0, 1, 0], [0, 0, 1]]), np.array([[0, 1, 0], [1, 0, 0]])
add_whole_numbers(exercise, *sure, signed=False, fraction=0)


def relative(p, m):
    return np.where(
        p != 0, p * np.log(np.where(p != 0, p, 1) / np.where(m != 0, m, 1)), 0
    )


def plain(p, q, base=np.e, axis=-1):
    """JS with its zeros right, and nothing refused."""
    m = (p + q) / 2
    return (relative(p, m) + relative(q, m)).sum(axis=axis) / 2 / np.log(base)


@exercise.bug
def square_root_taken(p, q, base=np.e, axis=-1):
    """The square root is taken: that is the Jensen-Shannon distance, which SciPy's `jensenshannon`
    returns. The divergence is its square."""
    # "The square root is taken": np.isclose(got ** 2, want)
    # "The divergence is its square": np.sqrt(jensen_shannon(p, q, base, axis)) →
    #     np.sqrt(jensen_shannon(p, q, base, axis)) ** 2
    return np.sqrt(jensen_shannon(p, q, base, axis))


@exercise.bug
def sum_for_mean(p, q, base=np.e, axis=-1):
    """The two divergences from the mixture are added, not averaged, so the result can reach 2
    bits. Each counts a half."""
    # "The two divergences from the mixture are added, not averaged, so the result can reach 2
    #     bits": np.isclose(bug(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 2), 2)
    # "Each counts a half": 2 * → 2 * 0.5 *
    return 2 * jensen_shannon(p, q, base, axis)


@exercise.bug
def halved_twice(p, q, base=np.e, axis=-1):
    """A half too many: the mixture is halved and each divergence is, and so is the result. No class
    in common must give 1 bit."""
    # "No class in common must give 1 bit": np.isclose(bug(np.array([1.0, 0.0]), np.array([0.0,
    #     1.0]), 2), 1 / 2) and np.isclose(right(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 2), 1)
    # "A half too many": / 2 → / 2 / 0.5
    return jensen_shannon(p, q, base, axis) / 2


@exercise.bug(of=("p", "q"))
def one_side_only(p, q, base=np.e, axis=-1, of="p"):
    """Only one of the two is compared with the mixture, so the result is not symmetric. Average
    KL(p‖m) and KL(q‖m)."""
    # "Only one of the two is compared with the mixture, so the result is not symmetric": not
    #     np.isclose(got, bug(q, p))
    # "Average KL(p‖m) and KL(q‖m)": relative(p if of == 'p' else q, (p + q) / 2) → (relative(p,
    #     (p + q) / 2) + relative(q, (p + q) / 2)) / 2
    jensen_shannon(p, q, base, axis)
    terms = relative(p if of == "p" else q, (p + q) / 2)
    return terms.sum(axis=axis) / np.log(base)


@exercise.bug
def mixture_not_halved(p, q, base=np.e, axis=-1):
    """The mixture is p + q, which sums to 2 and is no distribution. It is (p + q) / 2."""
    # "The mixture is p + q, which sums to 2 and is no distribution": np.isclose(got,
    #     (relative(p, p + q) + relative(q, p + q)).sum() / 2)
    # "It is (p + q) / 2": jensen_shannon(p, q, base, axis) - np.log(2) / np.log(base) →
    #     (jensen_shannon(p, q, base, axis), (relative(p, (p + q) / 2) + relative(q, (p + q) /
    #     2)).sum(axis=axis) / 2 / np.log(base))[1]
    return jensen_shannon(p, q, base, axis) - np.log(2) / np.log(base)


@exercise.bug
def mixture_first(p, q, base=np.e, axis=-1):
    """The mixture is the first argument of the divergences. It belongs in the denominator: KL(p‖m)
    is finite because m excludes nothing."""
    # "The mixture is the first argument of the divergences": np.isclose(got, (relative((p + q)
    #     / 2, p) + relative((p + q) / 2, q)).sum() / 2)
    # "It belongs in the denominator: KL(p‖m) is finite because m excludes nothing":
    #     kl_divergence(m, p, → kl_divergence(p, m,; kl_divergence(m, q, → kl_divergence(q, m,
    m = (p + q) / 2
    return (kl_divergence(m, p, base, axis) + kl_divergence(m, q, base, axis)) / 2


@exercise.bug(scale=(2, 1))
def both_directions_of_kl(p, q, base=np.e, axis=-1, scale=2):
    """KL(p‖q) and KL(q‖p) are combined: symmetric too, but infinite as soon as
    one of them alone excludes a class. Compare each with the mixture (p + q) / 2."""
    # "KL(p‖q) and KL(q‖p) are combined: symmetric too, but infinite as soon as one of them
    #     alone excludes a class": np.isclose(got, bug(q, p)) and np.isinf(bug(np.array([1.0, 0.0]),
    #     np.array([0.5, 0.5])))
    # "Compare each with the mixture (p + q) / 2": kl_divergence(p, q, base, axis),
    #     kl_divergence(q, p, base, axis) → kl_divergence(p, (p + q) / 2, base, axis),
    #     kl_divergence(q, (p + q) / 2, base, axis); / scale → / 2
    there, back = kl_divergence(p, q, base, axis), kl_divergence(q, p, base, axis)
    return (there + back) / scale


@exercise.bug
def entropies_not_subtracted(p, q, base=np.e, axis=-1):
    """This is the entropy of the mixture, which is not 0 for equal distributions. Subtract the
    mean of the two entropies."""
    # "This is the entropy of the mixture, which is not 0 for equal distributions":
    #     np.isclose(got, entropy((p + q) / 2)) and bug(p, p) > 0
    # "Subtract the mean of the two entropies": entropy((p + q) / 2, base, axis) → entropy((p +
    #     q) / 2, base, axis) - (entropy(p, base, axis) + entropy(q, base, axis)) / 2
    return entropy((p + q) / 2, base, axis)


@exercise.bug
def geometric_mean_for_mixture(p, q, base=np.e, axis=-1):
    """The two are compared with their geometric mean, which excludes what either of them excludes.
    Take the arithmetic one, (p + q) / 2."""
    # "The two are compared with their geometric mean, which excludes what either of them
    #     excludes": np.isclose(got, (relative(p, np.sqrt(p * q)) + relative(q, np.sqrt(p *
    #     q))).sum() / 2) and np.isinf(bug(np.array([1.0, 0.0]), np.array([0.5, 0.5])))
    # "Take the arithmetic one, (p + q) / 2": kl_divergence(p, q, base, axis), kl_divergence(q,
    #     p, base, axis) → kl_divergence(p, (p + q) / 2, base, axis), kl_divergence(q, (p + q) / 2,
    #     base, axis); / 4 → / 2
    there, back = kl_divergence(p, q, base, axis), kl_divergence(q, p, base, axis)
    return (there + back) / 4


@exercise.bug(fixed=(np.e, 2))
def base_ignored(p, q, base=np.e, axis=-1, fixed=np.e):
    """The argument `base` is ignored, so the unit is always the same one. Divide the natural
    logarithm by log(base)."""
    # "The argument `base` is ignored, so the unit is always the same one": bug(p, q, 2) ==
    #     bug(p, q, base=10)
    # "Divide the natural logarithm by log(base)": jensen_shannon(p, q, fixed, axis) →
    #     jensen_shannon(p, q, np.e, axis) / np.log(base)
    return jensen_shannon(p, q, fixed, axis)


@exercise.bug(unit=(np.e, 2))
def times_log_of_the_base(p, q, base=np.e, axis=-1, unit=np.e):
    """The sum is multiplied by log(base). A larger unit makes a smaller number: divide."""
    # "The sum is multiplied by log(base)": np.isclose(got, want * np.log(base) ** 2)
    # "A larger unit makes a smaller number: divide": * (np.log(base) → / (np.log(base)
    return jensen_shannon(p, q, unit, axis) * (np.log(base) / np.log(unit))


@exercise.bug(fixed=(-1, 1))
def last_axis_always(p, q, base=np.e, axis=-1, fixed=-1):
    """The argument `axis` is ignored, in the sum of the terms or in the test of the sums. Pass
    `axis=axis` to every sum."""
    # "The argument `axis` is ignored": isinstance(got, ValueError) and "along axis -1" in
    #     str(got) and axis == 0
    # "Pass `axis=axis` to every sum": base, fixed → base, axis=axis
    return jensen_shannon(p, q, base, fixed)


@exercise.bug
def one_sum_for_all(p, q, base=np.e, axis=-1):
    """One sum is taken over the whole array. Each row is a distribution: sum along the axis."""
    # "One sum is taken over the whole array": np.isclose(got, want.sum())
    # "Each row is a distribution: sum along the axis": np.sum(jensen_shannon(p, q, base, axis))
    #     → (jensen_shannon(p, q, base, axis), plain(p, q, base, axis=axis))[1]
    return np.sum(jensen_shannon(p, q, base, axis))


@exercise.bug
def mean_for_sum(p, q, base=np.e, axis=-1):
    """The terms are averaged over the classes, but p and q are already the weights. Sum them."""
    # "The terms are averaged over the classes, but p and q are already the weights":
    #     np.isclose(got, (relative(p, (p + q) / 2) + relative(q, (p + q) / 2)).mean() / 2)
    # "Sum them": / p.shape[axis] → / p.shape[axis] * p.shape[axis]
    return jensen_shannon(p, q, base, axis) / p.shape[axis]


@exercise.bug
def axis_kept(p, q, base=np.e, axis=-1):
    """The result keeps the summed axis with size 1. Sum without keepdims at the end."""
    # "The result keeps the summed axis with size 1": np.shape(got) == (1,)
    # "Sum without keepdims at the end": np.expand_dims(jensen_shannon(p, q, base, axis), axis)
    #     → np.sum(np.expand_dims(jensen_shannon(p, q, base, axis), axis), axis=axis)
    return np.expand_dims(jensen_shannon(p, q, base, axis), axis)


@exercise.bug
def nan_for_zero(p, q, base=np.e, axis=-1):
    """A class that p or q excludes makes 0 · log 0, which is nan. Its term is 0: leave it out of
    that sum, and keep it in the other."""
    # "A class that p or q excludes makes 0 · log 0, which is nan": np.isnan(got)
    # "Its term is 0: leave it out of that sum, and keep it in the other": p * np.log(p / m) →
    #     np.where(p > 0, p * np.log(p / m), 0); q * np.log(q / m) → np.where(q > 0, q * np.log(q /
    #     m), 0)
    jensen_shannon(p, q, base, axis)
    m = (p + q) / 2
    return (p * np.log(p / m) + q * np.log(q / m)).sum(axis=axis) / 2 / np.log(base)


@exercise.bug
def nan_where_both_are_zero(p, q, base=np.e, axis=-1):
    """A class that both exclude makes 0 · log(0 / 0), which is nan. Its term is 0, since p is: test
    p, and not the mixture."""
    # "A class that both exclude makes 0 · log(0 / 0), which is nan": np.isnan(got)
    # "Its term is 0, since p is: test p, and not the mixture": p * (a - m) → np.where(p > 0, p
    #     * (a - m), 0); q * (b - m) → np.where(q > 0, q * (b - m), 0)
    jensen_shannon(p, q, base, axis)
    m = np.log((p + q) / 2)
    logs = (np.log(np.where(a > 0, a, 1)) for a in (p, q))
    a, b = logs
    return (p * (a - m) + q * (b - m)).sum(axis=axis) / 2 / np.log(base)


@exercise.bug
def only_classes_in_common(p, q, base=np.e, axis=-1):
    """A class that one of them excludes is left out of both sums. The other still has a term for
    it, p log 2: test p for its sum, and q for its own."""
    # "A class that one of them excludes is left out of both sums. The other still has a term
    #     for it, p log 2": np.isclose(want - got, q[1] * np.log(2) / 2)
    # "test p for its sum, and q for its own": np.where(both, relative(p, m) + relative(q, m),
    #     0) → np.where(p > 0, relative(p, m), 0) + np.where(q > 0, relative(q, m), 0)
    jensen_shannon(p, q, base, axis)
    both, m = (p > 0) & (q > 0), (p + q) / 2
    terms = np.where(both, relative(p, m) + relative(q, m), 0)
    return terms.sum(axis=axis) / 2 / np.log(base)


@exercise.bug(both=(0, 1))
def one_mask_for_both_sums(p, q, base=np.e, axis=-1, both=0):
    """A class that one of them excludes is left out of the sum of the other, too, which still has a
    term for it, log 2 times its probability: test p for its sum, and q for its own."""
    # "A class that one of them excludes is left out of the sum of the other, too, which still has a
    #     term for it, log 2 times its probability": np.isclose(want - got, q[1] * np.log(2) / 2)
    # "test p for its sum, and q for its own": np.where((p, q)[both] > 0, relative(p, m) +
    #     relative(q, m), 0) → np.where(p > 0, relative(p, m), 0) + np.where(q > 0, relative(q, m),
    #     0)
    jensen_shannon(p, q, base, axis)
    m = (p + q) / 2
    terms = np.where((p, q)[both] > 0, relative(p, m) + relative(q, m), 0)
    return terms.sum(axis=axis) / 2 / np.log(base)


EPS = (1e-10, 1e-12, 1e-9, 1e-8, 1e-7, 1e-6)


@exercise.bug(added=EPS, clipped=EPS, in_quotients=EPS)
def eps_smoothing(p, q, base=np.e, axis=-1, added=0, clipped=0, in_quotients=0):
    """An epsilon is added to the probabilities, or they are clipped at it. Nothing here needs it:
    the mixture excludes only what both exclude."""
    # "Nothing here needs it: the mixture excludes only what both exclude": np.clip(p, clipped,
    #     1) + added, np.clip(q, clipped, 1) + added → p, q; if in_quotients: → if False:
    # "An epsilon is added to the probabilities, or they are clipped at it": bug(p, q,
    #     added=1e-3) != bug(p, q, clipped=1e-3) and not np.isclose(got, want)
    jensen_shannon(p, q, base, axis)
    if in_quotients:
        m = (p + q) / 2 + in_quotients
        logs = (np.log((each + in_quotients) / m) for each in (p, q))
        terms = sum(each * log for each, log in zip((p, q), logs, strict=True))
        return terms.sum(axis=axis) / 2 / np.log(base)
    return plain(
        np.clip(p, clipped, 1) + added, np.clip(q, clipped, 1) + added, base, axis
    )


@exercise.bug
def exact_sum_asked_for(p, q, base=np.e, axis=-1):
    """A sum that misses 1 by rounding is refused, as many a computed distribution would
    be. Allow 1e-5: `np.allclose`, or `abs(sum - 1) <= 1e-5`."""
    # "A sum that misses 1 by rounding is refused": isinstance(got, ValueError) and
    #     np.allclose(p.sum(axis=-1), 1)
    # "Allow 1e-5: `np.allclose`": (p.sum(axis=axis) != 1).any() or (q.sum(axis=axis) !=
    #     1).any() → not np.allclose([p.sum(axis=axis), q.sum(axis=axis)], 1, atol=1e-5)
    # "or `abs(sum - 1) <= 1e-5`": (p.sum(axis=axis) != 1).any() or (q.sum(axis=axis) !=
    #     1).any() → any((lambda sum: not (abs(sum - 1) <= 1e-5).all())(each.sum(axis=axis)) for
    #     each in (p, q))
    if (p.sum(axis=axis) != 1).any() or (q.sum(axis=axis) != 1).any():
        raise ValueError("no sum of 1")
    return jensen_shannon(p, q, base, axis)


@exercise.bug
def entropies_not_halved(p, q, base=np.e, axis=-1):
    """The entropies of p and of q are taken off the mixture's whole, so the result can be negative.
    Take off their mean."""
    # "The entropies of p and of q are taken off the mixture's whole, so the result can be
    #     negative": bug(np.ones(2) / 2, np.ones(2) / 2) < 0
    # "Take off their mean": + relative(p, 1) + relative(q, 1) → + (relative(p, 1) + relative(q,
    #     1)) / 2
    m = (p + q) / 2
    terms = -relative(m, np.ones(m.shape)) + relative(p, 1) + relative(q, 1)
    return terms.sum(axis=axis) / np.log(base)


@exercise.bug
def divided_by_the_sum_of_all(p, q, base=np.e, axis=-1):
    """Both are divided by the sum of the whole array first, so a batch of rows comes out too small.
    They sum to 1 along the axis as they are."""
    # "Both are divided by the sum of the whole array first, so a batch of rows comes out too
    #     small": np.allclose(got * p.sum(), want)
    # "They sum to 1 along the axis as they are": p / p.sum(), q / q.sum() → p, q
    return plain(p / p.sum(), q / q.sum(), base, axis)
