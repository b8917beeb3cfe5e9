"""Practice for question 18: KL divergence, with its zeros and infinities."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import REFUSED, Note
from answers.grader.number_types import add_whole_numbers
from answers.probability.divergence import entropy, kl_divergence

exercise = Exercise(
    kl_divergence,
    page="18-kl-divergence",
    hints=(
        "It is a mean: of the log of a ratio, with weights. Whose probabilities are the weights, "
        "and whose stand in the denominator?",
        "Look at the terms with p = 0 and at those with q = 0 < p separately. What is the limit "
        "of each, and what does NumPy make of it?",
        "`np.copyto(terms, 0, where=...)` puts the limit where 0 · log 0 has made nan: the warning "
        "comes before it. A term that is infinite belongs in the sum.",
    ),
)

rng = np.random.default_rng(180)
p, q = rng.dirichlet(np.ones(5), 3), rng.dirichlet(np.ones(5), 3)
cubes = [rng.dirichlet(np.ones(3), (4, 2)).swapaxes(1, 2).copy() for _ in range(2)]
zero, other = np.array([0.3, 0.0, 0.7]), np.array([0.5, 0.3, 0.2])
exercise.case("a coin", np.array([0.5, 0.5]), np.array([0.9, 0.1]))
exercise.case("three classes", np.array([0.62, 0.27, 0.11]), other)
exercise.case("three classes, in bits", np.array([0.62, 0.27, 0.11]), other, base=2)
exercise.case(
    "three classes, in base 2.5", np.array([0.62, 0.27, 0.11]), other, base=2.5
)
exercise.case("rows of a matrix", p, q)
exercise.case("columns, in base 10", p.T.copy(), q.T.copy(), base=10, axis=0)
exercise.case("the last of three axes", *(a.swapaxes(1, 2).copy() for a in cubes))
exercise.case("the middle one of three axes", *cubes, axis=1)
exercise.case(
    "the first of three axes", *(a.swapaxes(0, 1).copy() for a in cubes), axis=0
)
exercise.case("four axes", *(a[None] for a in cubes), axis=2)
exercise.case("equal distributions", p, p.copy())
exercise.case("a class that p excludes", zero, other)
exercise.case("a class that both exclude", zero, np.array([0.6, 0.0, 0.4]))
exercise.case("q excludes what p allows", other, zero)
exercise.case(
    "one infinite row of two", np.array([other, zero]), np.array([zero, other])
)
exercise.case(
    "a class of probability 1e-17 in q", np.array([0.4, 0.6]), np.array([1, 1e-17])
)
exercise.case(
    "one-hot integers", np.array([[0, 1, 0], [1, 0, 0]]), q[:2, :3] * 0 + 1 / 3
)
exercise.case("float32", p.astype(np.float32), q.astype(np.float32))
exercise.case("sums that miss 1 by rounding", p * (1 + 1e-10), q * (1 - 1e-10))
exercise.case(
    "sums that miss 1 by 8e-6",
    np.array([0.5, 0.5]),
    np.array([0.500004, 0.500004]),
    noted=Note(
        "a result below 0 by rounding or by sums that miss 1",
        "Ours cuts it off at 0: no divergence is negative, but for sums that miss 1.",
        in_stub_alone=True,
    ),
)
exercise.case(
    "a sum that misses 1 by 8e-7",
    np.array([0.5, 0.5]),
    np.array([0.9, 0.1000008]),
    noted=Note(
        "dividing by sums that miss 1",
        "Ours takes `p` and `q` as they are, as the formula does.",
        within=1e-5,
    ),
)


@exercise.check
def counts_a_class_of_probability_1e_17_in_p(kl_divergence):
    """A class of probability 1e-17 in p and 1e-300 in q adds 6.5e-15, and yours adds nothing, or
    another number: look for an epsilon, a bound or a rounding."""
    found = kl_divergence(np.array([1.0, 1e-17]), np.array([1.0, 1e-300]))
    return abs(found / (1e-17 * np.log(1e283)) - 1) < 0.01


@exercise.check
def a_result_below_0_is_not_made_positive(kl_divergence):
    """`q` is nearly `p`, and its sum misses 1 by 8e-7, which brings the sum of the terms below 0.
    The result is 0 then, and yours is above: cut it off at 0, and take no absolute value."""
    return not kl_divergence(np.full(2, 0.5), np.full(2, 0.5000004)) > 1e-8


# Powers of two: results have the same last digit, however they are computed.
some = np.array([0.5, 0.25, 0.25])
exercise.case("q sums to 0.5", some, some / 2, base=2, noted=REFUSED)
exercise.case(
    "a negative entry in p", np.array([0.5, 1.0, -0.5]), some, base=2, noted=REFUSED
)
sure = np.array([[0, 1, 0], [0, 0, 1]]), np.array([[0, 1, 0], [1, 0, 0]])
add_whole_numbers(exercise, *sure, fraction=0)


@exercise.bug
def arguments_swapped(p, q, base=np.e, axis=-1):
    """This is KL(q‖p). The first argument is the one that is averaged over: its entries are the
    weights and the numerators, p log(p / q)."""
    # "This is KL(q‖p)": np.isclose(got, (q * np.log(q / p)).sum())
    # "The first argument is the one that is averaged over: its entries are the weights and the
    #     numerators, p log(p / q)": kl_divergence(q, p, base, axis) → (kl_divergence(p, q, base,
    #     axis), np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0).sum(axis=axis) /
    #     np.log(base))[1]
    return kl_divergence(q, p, base, axis)


@exercise.bug
def sign_lost(p, q, base=np.e, axis=-1):
    """The ratio in the logarithm is upside down, so the result is negative. It is p log(p / q):
    the weight is the numerator."""
    # "The ratio in the logarithm is upside down, so the result is negative": np.isclose(got, (p
    #     * np.log(q / p)).sum()) and got < 0
    # "It is p log(p / q): the weight is the numerator": -kl_divergence(p, q, base, axis) →
    #     (kl_divergence(p, q, base, axis), np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q),
    #     0).sum(axis=axis) / np.log(base))[1]
    return -kl_divergence(p, q, base, axis)


@exercise.bug
def cross_entropy_instead(p, q, base=np.e, axis=-1):
    """This is the cross-entropy -Σ p log q, which is not 0 for equal distributions. Subtract the
    entropy of p: the term is p log(p / q)."""
    # "This is the cross-entropy -Σ p log q, which is not 0 for equal distributions":
    #     np.isclose(got, -(p * np.log(q)).sum()) and bug(p, p) > 0
    # "Subtract the entropy of p: the term is p log(p / q)": entropy(p, base, axis) +
    #     kl_divergence(p, q, base, axis) → entropy(p, base, axis) + kl_divergence(p, q, base, axis)
    #     - entropy(p, base, axis)
    return entropy(p, base, axis) + kl_divergence(p, q, base, axis)


@exercise.bug
def not_weighted(p, q, base=np.e, axis=-1):
    """The logarithms of the ratios are summed without their weights. Each class counts with its
    p: p log(p / q)."""
    # "The logarithms of the ratios are summed without their weights": np.isclose(got, np.log(p
    #     / q).sum())
    # "Each class counts with its p: p log(p / q)": np.log(p / q) → np.where(p > 0, p * np.log(p
    #     / q), 0)
    kl_divergence(p, q, base, axis)
    return np.log(p / q).sum(axis=axis) / np.log(base)


@exercise.bug
def absolute_terms(p, q, base=np.e, axis=-1):
    """The terms are made positive one by one. Some are negative, and have to be: only their sum
    cannot be below 0."""
    # "The terms are made positive one by one": np.isclose(got, abs(p * np.log(p / q)).sum())
    # "Some are negative, and have to be: only their sum cannot be below 0": np.abs(terms) →
    #     terms
    kl_divergence(p, q, base, axis)
    terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0)
    return np.abs(terms).sum(axis=axis) / np.log(base)


@exercise.bug
def average_of_both_directions(p, q, base=np.e, axis=-1):
    """KL(p‖q) and KL(q‖p) are averaged, which makes it symmetric. KL divergence is not: take the
    first."""
    # "KL(p‖q) and KL(q‖p) are averaged, which makes it symmetric": np.isclose(got, bug(q, p))
    # "KL divergence is not: take the first": (there + back) / 2 → there
    there, back = kl_divergence(p, q, base, axis), kl_divergence(q, p, base, axis)
    return (there + back) / 2


@exercise.bug(fixed=(np.e, 2))
def base_ignored(p, q, base=np.e, axis=-1, fixed=np.e):
    """The argument `base` is ignored, so the unit is always the same one. Divide the natural
    logarithm by log(base)."""
    # "The argument `base` is ignored, so the unit is always the same one": bug(p, q, 2) ==
    #     bug(p, q, base=10)
    # "Divide the natural logarithm by log(base)": kl_divergence(p, q, fixed, axis) →
    #     kl_divergence(p, q, np.e, axis) / np.log(base)
    return kl_divergence(p, q, fixed, axis)


@exercise.bug
def bits_by_default(p, q, base=2, axis=-1):
    """Where no base is passed, the result is in bits. The default is e, for nats: leave it as it
    stands in the stub."""
    # "Where no base is passed, the result is in bits": np.isclose(got, want / np.log(2))
    # "leave it as it stands in the stub": base=2 → base=np.e
    return kl_divergence(p, q, base, axis)


@exercise.bug
def times_log_of_the_base(p, q, base=np.e, axis=-1):
    """The sum is multiplied by log(base). A larger unit makes a smaller number: divide."""
    # "The sum is multiplied by log(base)": np.isclose(got, want * np.log(base) ** 2)
    # "A larger unit makes a smaller number: divide": * np.log(base) → / np.log(base)
    return kl_divergence(p, q, axis=axis) * np.log(base)


@exercise.bug
def mean_for_sum(p, q, base=np.e, axis=-1):
    """The terms are averaged over the classes, as PyTorch's `kl_div` does by default; the weights
    are in p already. Sum them."""
    # "The terms are averaged over the classes": np.isclose(got, (p * np.log(p / q)).mean())
    # "Sum them": / p.shape[axis] → / p.shape[axis] * p.shape[axis]
    return kl_divergence(p, q, base, axis) / p.shape[axis]


@exercise.bug(fixed=(-1, 1))
def last_axis_always(p, q, base=np.e, axis=-1, fixed=-1):
    """The argument `axis` is ignored, in the sum of the terms or in the test of the sums. Pass
    `axis=axis` to every sum."""
    # "The argument `axis` is ignored": isinstance(got, ValueError) and "along axis -1" in
    #     str(got) and axis == 0
    # "Pass `axis=axis` to every sum": base, fixed → base, axis=axis
    return kl_divergence(p, q, base, fixed)


@exercise.bug
def one_sum_for_all(p, q, base=np.e, axis=-1):
    """One sum is taken over the whole array. Each row is a distribution: sum along the axis."""
    # "One sum is taken over the whole array": np.isclose(got, want.sum())
    # "Each row is a distribution: sum along the axis": np.sum(kl_divergence(p, q, base, axis))
    #     → (kl_divergence(p, q, base, axis), np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q),
    #     0).sum(axis=axis) / np.log(base))[1]
    return np.sum(kl_divergence(p, q, base, axis))


@exercise.bug
def mean_over_the_rows(p, q, base=np.e, axis=-1):
    """The rows are averaged to one number, as a loss does (`batchmean`). Return one divergence
    for each."""
    # "The rows are averaged to one number": np.isclose(got, want.mean())
    # "Return one divergence for each": np.mean(kl_divergence(p, q, base, axis)) →
    #     np.mean([kl_divergence(p, q, base, axis)], axis=0)
    return np.mean(kl_divergence(p, q, base, axis))


@exercise.bug
def axis_kept(p, q, base=np.e, axis=-1):
    """The result keeps the summed axis with size 1. Sum without keepdims at the end."""
    # "The result keeps the summed axis with size 1": np.shape(got) == (1,)
    # "Sum without keepdims at the end": np.expand_dims(kl_divergence(p, q, base, axis), axis) →
    #     np.sum(np.expand_dims(kl_divergence(p, q, base, axis), axis), axis=axis)
    return np.expand_dims(kl_divergence(p, q, base, axis), axis)


@exercise.bug
def nan_for_zero(p, q, base=np.e, axis=-1):
    """A class with p = 0 makes 0 · log 0, which is nan. Its term is 0, whatever q is: leave it
    out of the sum."""
    # "A class with p = 0 makes 0 · log 0, which is nan": np.isnan(got)
    # "Its term is 0, whatever q is: leave it out of the sum": p * np.log(p / q) → np.where(p ==
    #     0, 0, p * np.log(p / q))
    kl_divergence(p, q, base, axis)
    return (p * np.log(p / q)).sum(axis=axis) / np.log(base)


@exercise.bug
def nan_where_both_are_zero(p, q, base=np.e, axis=-1):
    """A class with p = q = 0 makes nan, as in PyTorch's `kl_div`: 0 · -inf. Its term is 0, since
    p is: test p alone."""
    # "A class with p = q = 0 makes nan": np.isnan(got) and p[1] == q[1] == 0
    # "Its term is 0, since p is: test p alone": p * logs - p * np.log(q) → np.where(p == 0, 0,
    #     p * logs - p * np.log(q))
    # "0 · -inf": np.isnan(0 * -np.inf) and np.isnan(got)
    kl_divergence(p, q, base, axis)
    logs = np.log(np.where(p > 0, p, 1))
    return (p * logs - p * np.log(q)).sum(axis=axis) / np.log(base)


@exercise.bug
def infinite_terms_left_out(p, q, base=np.e, axis=-1):
    """A class that q excludes and p allows is left out of the sum, so the worst model looks good.
    Its term is infinite, and so is the divergence: test p > 0 alone."""
    # "A class that q excludes and p allows is left out of the sum, so the worst model looks
    #     good": np.isfinite(got) and np.isinf(want)
    # "Its term is infinite, and so is the divergence: test p > 0 alone": (p > 0) & (q > 0) → p
    #     > 0; np.where(both, q, 1) → np.where(both, q, 1.0)
    kl_divergence(p, q, base, axis)
    both = (p > 0) & (q > 0)
    ratio = np.where(both, p, 1) / np.where(both, q, 1)
    return (np.where(both, p, 0) * np.log(ratio)).sum(axis=axis) / np.log(base)


@exercise.bug
def infinity_made_finite(p, q, base=np.e, axis=-1):
    """The infinite divergence is replaced by a large number, as `nan_to_num` does. That q excludes
    what p allows is the answer: let it be inf."""
    # "The infinite divergence is replaced by a large number, as `nan_to_num` does": got ==
    #     np.nan_to_num(np.inf)
    # "That q excludes what p allows is the answer: let it be inf": np.nan_to_num → np.asarray
    return np.nan_to_num(kl_divergence(p, q, base, axis))


@exercise.bug
def infinity_refused(p, q, base=np.e, axis=-1):
    """A q that excludes what p allows is refused. It is a distribution like any other, and the
    divergence from it is inf."""
    # "A q that excludes what p allows is refused": isinstance(got, ValueError) and (p > 0)[q ==
    #     0].any()
    # "It is a distribution like any other, and the divergence from it is inf": raise
    #     ValueError('infinite') → pass
    result = kl_divergence(p, q, base, axis)
    if np.isinf(result).any():
        raise ValueError("infinite")
    return result


EPS = (1e-10, 1e-12, 1e-9, 1e-8, 1e-7, 1e-6, 1e-15, 1e-16, 1e-20, 1e-300)


@exercise.bug(q_only=EPS, both=EPS, clipped=EPS)
def eps_smoothing(p, q, base=np.e, axis=-1, q_only=0, both=0, clipped=0):
    """An epsilon is added to the probabilities, or they are clipped at it: the infinite divergence
    becomes finite, and the epsilon decides how large. Add none."""
    # "the infinite divergence becomes finite, and the epsilon decides how large": bug(np.eye(2)[0],
    #     np.eye(2)[1], q_only=1e-6) < 14 and 690 < bug(np.eye(2)[0], np.eye(2)[1], q_only=1e-300)
    #     < np.inf
    # "Add none": np.clip(p, clipped, 1) + both, np.clip(q, clipped, 1) + both + q_only → p, q
    # "An epsilon is added to the probabilities, or they are clipped at it":
    #     np.isfinite([bug(np.array([0.5, 0.5]), np.array([1.0, 0.0]), both=1e-3),
    #     bug(np.array([0.5, 0.5]), np.array([1.0, 0.0]), clipped=1e-3)]).all()
    kl_divergence(p, q, base, axis)
    a, b = np.clip(p, clipped, 1) + both, np.clip(q, clipped, 1) + both + q_only
    terms = np.where(a > 0, a * np.log(np.where(a > 0, a, 1) / b), 0)
    return terms.sum(axis=axis) / np.log(base)


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
    return kl_divergence(p, q, base, axis)


@exercise.bug
def infinite_for_all_rows(p, q, base=np.e, axis=-1):
    """One row in which q excludes what p allows makes all rows infinite. Ask along the axis, as you
    sum, or let the infinite term do it."""
    # "One row in which q excludes what p allows makes all rows infinite": np.isinf(got).all() and
    #     np.isfinite(want).any()
    # "Ask along the axis, as you sum": excluded.any() → excluded.any(axis=axis)
    # "or let the infinite term do it": np.where(excluded.any(), np.inf, result) → result
    result = kl_divergence(p, q, base, axis)
    excluded = (p > 0) & (q == 0)
    return np.where(excluded.any(), np.inf, result)


@exercise.bug
def infinite_where_q_is_zero(p, q, base=np.e, axis=-1):
    """A class that q excludes makes the result infinite where p excludes it, too. Such a term is 0:
    ask for p > 0 beside q = 0."""
    # "A class that q excludes makes the result infinite where p excludes it, too": np.isinf(got)
    #     and not (p[q == 0] > 0).any()
    # "Such a term is 0: ask for p > 0 beside q = 0": (q == 0) → ((q == 0) & (p > 0))
    result = kl_divergence(p, q, base, axis)
    return np.where((q == 0).any(axis=axis), np.inf, result)
