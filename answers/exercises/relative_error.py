"""Practice for question 5: the relative error of two gradients."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import NO_AXIS
from answers.grader.number_types import add_whole_numbers
from answers.gradient_check import relative_error
from answers.inputs import as_float

exercise = Exercise(
    relative_error,
    page="05-gradient-checking",
    hints=(
        "Compute it for every entry first: the distance of the two numbers, divided by the "
        "larger of their sizes. Then keep the worst.",
        "The size of a number is its absolute value: take it before the maximum, not after. "
        "Swapping `a` and `b` must change nothing.",
        "Where both are 0 the quotient is 0/0, and any number added to the denominator breaks "
        "the scale. `np.where` can replace a denominator of 0 by 1: what is the numerator there?",
    ),
)

rng = np.random.default_rng(55)
a, b = rng.uniform(1, 2, size=7), rng.uniform(1, 2, size=7)
exercise.case("one entry each", np.array([4.0]), np.array([5.0]))
exercise.case("the larger one first", np.array([5.0]), np.array([4.0]))
exercise.case("7 entries", a, b)
exercise.case(
    "a matrix", rng.uniform(1, 2, size=(3, 5)), rng.uniform(1, 2, size=(3, 5))
)
exercise.case(
    "the largest difference at a large entry",
    np.array([1.0, 100]),
    np.array([2.0, 110]),
)
exercise.case("both negative", -a, -b)
exercise.case("opposite signs", np.array([3.0, 1.0]), np.array([-2.0, 1.0]))
exercise.case("0 on one side", np.array([0.0, 1.0]), np.array([3.0, 1.0]))
exercise.case("0 on the other side", np.array([3.0, 1.0]), np.array([0.0, 1.0]))
exercise.case("0 on both sides", np.array([0.0, 4.0]), np.array([0.0, 5.0]))
exercise.case("nothing but 0", np.zeros((2, 3)), np.zeros((2, 3)))
exercise.case("gradients of 1e200", 1e200 * a, 1e200 * b)
exercise.case("gradients of 1e-200", 1e-200 * a, 1e-200 * b)
exercise.case("equal", a, a.copy())
exercise.case("integers", np.array([1, -2, 7]), np.array([1, -3, 6]))
exercise.case("float32", a.astype(np.float32), b.astype(np.float32))
add_whole_numbers(exercise, np.array([1, 200, 7]), np.array([3, 190, 7]), signed=False)
exercise.case("one number each", np.array(2.5), np.array(2.25), noted=NO_AXIS)
exercise.case("three axes", a[None, None], b[None, None])


@exercise.check
def tells_an_error_of_2_to_the_minus_40(relative_error):
    """Of 1 and 1 + 2⁻⁴⁰ the relative error is 9.1e-13, and yours is 0, or another number: put no
    bound under it, add nothing and round nothing."""
    return abs(relative_error(np.ones(1), np.ones(1) + 2.0**-40) / 2.0**-40 - 1) < 1e-3


@exercise.check
def subtracts_in_floats(relative_error):
    """The difference of 2 000 000 000 and -1 500 000 000 is beyond int32, in which it wraps around:
    turn both arrays into floats before you subtract."""
    a, b = np.array([[2_000_000_000], [-1_500_000_000]], np.int32)
    with np.errstate(all="ignore"):
        return abs(relative_error(a, b) - 1.75) < 1e-9


@exercise.bug
def no_zero_case(a, b):
    """Where both are 0 the quotient is 0/0 = nan, and one nan makes the maximum nan. Count such
    an entry as 0: replace a denominator of 0 by 1."""
    # "Where both are 0 the quotient is 0/0 = nan, and one nan makes the maximum nan":
    #     np.isnan(got) and a[0] == b[0] == 0
    # "Count such an entry as 0: replace a denominator of 0 by 1": np.maximum(np.abs(a),
    #     np.abs(b)) → np.where((a == 0) & (b == 0), 1, np.maximum(np.abs(a), np.abs(b)))
    a, b = as_float(a), as_float(b)
    return (np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))).max()


@exercise.bug(eps=(1e-8, 1e-12, 1e-10, 1e-9, 1e-7, 1e-6, 1e-15, 1e-16, 1e-20))
def eps_in_the_denominator(a, b, eps=1e-8):
    """A number added to the denominator, or a bound below which it is raised or taken for 0, hides
    the errors of gradients far smaller. Replace only a denominator of exactly 0."""
    # "hides the errors of gradients far smaller": got < 1e-9 < want
    # "Replace only a denominator of exactly 0": + eps → + ((a == 0) & (b == 0))
    a, b = as_float(a), as_float(b)
    return (np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + eps)).max()


@exercise.bug(eps=(1e-8, 1e-12, 1e-10, 1e-9, 1e-7, 1e-6, 1e-15, 1e-16, 0))
def sum_in_the_denominator(a, b, eps=1e-8):
    """The denominator is |a| + |b|, which shows a gradient twice too large as 1/3 and not 1/2.
    Divide by the larger of the two."""
    # "The denominator is |a| + |b|, which shows a gradient twice too large as 1/3 and not 1/2":
    #     np.isclose(bug(np.array([2.0]), np.array([1.0])), 1 / 3) and
    #     np.isclose(right(np.array([2.0]), np.array([1.0])), 1 / 2)
    # "Divide by the larger of the two": np.maximum(np.abs(a) + np.abs(b), eps) →
    #     np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-320)
    a, b = as_float(a), as_float(b)
    return (np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)).max()


@exercise.bug
def one_where_both_are_zero(a, b):
    """Where both are 0 the error is counted as 1, the largest of two numbers of one sign. They
    agree there: count it as 0."""
    # "Where both are 0 the error is counted as 1": got == 1 > want and ((a == 0) & (b == 0)).any()
    # "count it as 0": == 0).any() → == 0).any() and False
    a, b = as_float(a), as_float(b)
    both = bool((np.maximum(np.abs(a), np.abs(b)) == 0).any())
    return max(relative_error(a, b), float(both))


@exercise.bug
def at_most_one(a, b):
    """The result ends at 1, and a gradient of the wrong sign has up to 2. Leave the cap out."""
    # "The result ends at 1": got == min(want, 1)
    # "a gradient of the wrong sign has up to 2":
    #     bug(np.ones(1), -np.ones(1)) < right(np.ones(1), -np.ones(1)) == 2
    # "Leave the cap out": min(relative_error(a, b), 1.0) → relative_error(a, b)
    return min(relative_error(a, b), 1.0)


@exercise.bug
def where_they_differ_most(a, b):
    """The relative error is that of the entry where the two differ most, and a small entry may be
    further off for its size. Divide every entry first, then take the maximum."""
    # "The relative error is that of the entry where the two differ most": np.isclose(got,
    #     right(*(n.ravel()[[np.abs(a - b).argmax()]] for n in (a, b))))
    # "a small entry may be further off for its size": got < want
    # "Divide every entry first, then take the maximum": relative_error(a[at], b[at]) →
    #     relative_error(a, b)
    a, b = np.ravel(a).astype(float), np.ravel(b).astype(float)
    at = [np.abs(a - b).argmax()]
    return relative_error(a[at], b[at])


@exercise.bug(other=(False, True))
def divided_by_one_of_them(a, b, other=False):
    """The denominator is |a| alone or |b| alone, so the result changes when they are swapped.
    Divide by the larger of |a| and |b|."""
    # "The denominator is |a| alone or |b| alone, so the result changes when they are swapped":
    #     got != bug(b, a)
    # "Divide by the larger of |a| and |b|": np.abs(a) if other else np.abs(b) →
    #     np.maximum(np.abs(a), np.abs(b))
    a, b = as_float(a), as_float(b)
    size = np.abs(a) if other else np.abs(b)
    return (np.abs(a - b) / np.where((a == 0) & (b == 0), 1, size)).max()


@exercise.bug
def divided_by_the_smaller(a, b):
    """The denominator is the smaller of |a| and |b|, so the result grows without bound as one of
    them nears 0. Divide by the larger."""
    # "The denominator is the smaller of |a| and |b|, so the result grows without bound as one of
    #     them nears 0": np.isclose(got, abs(a - b) / 4) and bug(np.array([1.0]),
    #     np.array([1e-9])) > 1e8
    # "Divide by the larger": np.minimum → np.maximum
    a, b = as_float(a), as_float(b)
    size = np.minimum(np.abs(a), np.abs(b))
    return (np.abs(a - b) / np.where((a == 0) & (b == 0), 1, size)).max()


@exercise.bug
def absolute_error(a, b):
    """This is the absolute error, which depends on the unit. Divide each difference by the
    larger of |a| and |b|."""
    # "This is the absolute error, which depends on the unit": np.isclose(bug(1e3 * a, 1e3 * b),
    #     1e3 * got)
    # "Divide each difference by the larger of |a| and |b|": np.abs(a - b).max() → (np.abs(a -
    #     b) / np.where((a == 0) & (b == 0), 1, np.maximum(np.abs(a), np.abs(b)))).max()
    a, b = as_float(a), as_float(b)
    return np.abs(a - b).max()


@exercise.bug(denominator=(sum, max))
def of_norms(a, b, denominator=sum):
    """The norm of the difference is divided by the norms, so an error in a small entry disappears
    among large ones. Divide entry by entry, then take the maximum."""
    # "The norm of the difference is divided by the norms, so an error in a small entry
    #     disappears among large ones": bug(np.array([1e9, 2.0]), np.array([1e9, 1.0])) < 1e-8
    # "Divide entry by entry, then take the maximum": np.linalg.norm(a - b) /
    #     (denominator(map(np.linalg.norm, (a, b))) or 1) → (np.abs(a - b) / np.where((a == 0) & (b
    #     == 0), 1, np.maximum(np.abs(a), np.abs(b)))).max()
    a, b = as_float(a), as_float(b)
    return np.linalg.norm(a - b) / (denominator(map(np.linalg.norm, (a, b))) or 1)


@exercise.bug
def mean_for_maximum(a, b):
    """This is the mean over the entries, in which one wrong entry among thousands disappears.
    Take the maximum."""
    # "This is the mean over the entries, in which one wrong entry among thousands disappears":
    #     bug(np.append(np.ones(9999), 2), np.ones(10000)) < 1e-4
    # "Take the maximum": .mean() → .max()
    a, b = as_float(a), as_float(b)
    size = np.maximum(np.abs(a), np.abs(b))
    return (np.abs(a - b) / np.where(size == 0, 1, size)).mean()


@exercise.bug
def largest_over_largest(a, b):
    """The largest difference is divided by the largest entry, so an error in a small entry
    disappears. Divide entry by entry, then take the maximum."""
    # "The largest difference is divided by the largest entry, so an error in a small entry
    #     disappears": bug(np.array([1e9, 2.0]), np.array([1e9, 1.0])) < 1e-8
    # "Divide entry by entry, then take the maximum": np.abs(a - b).max() /
    #     (max(np.abs(a).max(), np.abs(b).max()) or 1) → (np.abs(a - b) / np.where((a == 0) & (b ==
    #     0), 1, np.maximum(np.abs(a), np.abs(b)))).max()
    a, b = as_float(a), as_float(b)
    return np.abs(a - b).max() / (max(np.abs(a).max(), np.abs(b).max()) or 1)


@exercise.bug
def signed_denominator(a, b):
    """The maximum is taken of a and b themselves, so the quotient of two negative gradients is
    negative. Take the absolute values first."""
    # "The maximum is taken of a and b themselves, so the quotient of two negative gradients is
    #     negative": got < 0 and (a < 0).all() and (b < 0).all()
    # "Take the absolute values first": np.maximum(a, b) → np.maximum(np.abs(a), np.abs(b))
    a, b = as_float(a), as_float(b)
    size = np.maximum(a, b)
    return (np.abs(a - b) / np.where(size == 0, 1, size)).max()


@exercise.bug
def sizes_compared(a, b):
    """The sizes are subtracted, not the numbers, so a gradient of the wrong sign shows no
    error. Use |a - b|."""
    # "The sizes are subtracted, not the numbers, so a gradient of the wrong sign shows no
    #     error": bug(a, -a) == 0
    # "Use |a - b|": np.abs(np.abs(a) - np.abs(b)) → np.abs(a - b)
    a, b = as_float(a), as_float(b)
    size = np.maximum(np.abs(a), np.abs(b))
    return (np.abs(np.abs(a) - np.abs(b)) / np.where(size == 0, 1, size)).max()


@exercise.bug
def mean_in_the_denominator(a, b):
    """The denominator is the mean of |a| and |b|, which shows a gradient twice too large as 2/3 and
    not 1/2. Divide by the larger of the two."""
    # "The denominator is the mean of |a| and |b|, which shows a gradient twice too large as 2/3
    #     and not 1/2": np.isclose(bug(np.array([2.0]), np.array([1.0])), 2 / 3) and
    #     np.isclose(right(np.array([2.0]), np.array([1.0])), 1 / 2)
    # "Divide by the larger of the two": (np.abs(a) + np.abs(b)) / 2 → np.maximum(np.abs(a),
    #     np.abs(b))
    a, b = as_float(a), as_float(b)
    size = (np.abs(a) + np.abs(b)) / 2
    return (np.abs(a - b) / np.where(size == 0, 1, size)).max()


ENDS = [
    (sign, end) for end in (float, np.abs, lambda m: max(m, 0.0)) for sign in (1, -1)
]


@exercise.bug(ends=ENDS)
def signed_difference(a, b, ends=ENDS[0]):
    """The difference keeps its sign, so a large error in one direction loses against smaller ones.
    Take its absolute value, before the maximum."""
    # "so a large error in one direction loses against smaller ones": min(bug(np.ones(2),
    #     np.array([2, 1.1])), bug(np.array([2, 1.1]), np.ones(2))) < 0.1 < max(bug(np.ones(2),
    #     np.array([2, 1.1])), bug(np.array([2, 1.1]), np.ones(2))) == 1 / 2
    # "Take its absolute value, before the maximum": sign * (a - b) → abs(a - b)
    a, b = np.asarray(a, float), np.asarray(b, float)
    size = np.maximum(np.abs(a), np.abs(b))
    sign, end = ends
    gap = sign * (a - b)
    return end((gap / np.where(size == 0, 1, size)).max())


@exercise.bug
def absolute_value_of_the_maximum(a, b):
    """The absolute value is taken of the maximum: of two negative numbers the smaller size divides.
    Take the absolute values first."""
    # "of two negative numbers the smaller size divides": np.isclose(bug(-np.ones(1), -4 *
    #     np.ones(1)), 3) and np.isclose(right(-np.ones(1), -4 * np.ones(1)), 3 / 4)
    # "Take the absolute values first": np.abs(np.maximum(a, b)) → np.maximum(np.abs(a), np.abs(b))
    a, b = as_float(a), as_float(b)
    size = np.abs(np.maximum(a, b))
    return (np.abs(a - b) / np.where(size == 0, 1, size)).max()
