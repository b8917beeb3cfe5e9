"""Practice for question 2: one gradient from those of unequal micro-batches."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.networks.micro_batches import accumulate_gradients

exercise = Exercise(
    accumulate_gradients,
    page="02-forward-backward",
    hints=(
        "The mean over all examples is one sum over all examples, divided once by their number. "
        "How do you get the sum over one part from its mean?",
        "A part with three times the examples must count three times as much. What must all "
        "weights add up to?",
        "`sizes` belongs to the first axis of `gradients`, and broadcasting aligns from the "
        "last: give it axes of size 1, or use a product that sums over the first axis.",
    ),
)

rng = np.random.default_rng(23)
three = rng.normal(size=(3, 4, 5))
exercise.case(
    "parts of 1 and 3 examples",
    np.array([[2.0, -1.0], [6.0, 4.5]]),
    np.array([1, 3]),
)
exercise.case("one part", rng.normal(size=(1, 4)), np.array([6]))
exercise.case("one number for each part", rng.normal(size=3), np.array([5, 2, 4]))
exercise.case("three parts, a matrix of weights", three, np.array([7, 7, 2]))
exercise.case("two parts of three entries", rng.normal(size=(2, 3)), np.array([2, 9]))
exercise.case(
    "a gradient that is 0 in one part",
    np.array([[0.0, -1.25], [2.5, 0.75], [0.5, 0.0]]),
    np.array([4, 2, 3]),
)
exercise.case("parts of equal size", rng.normal(size=(4, 3)), np.array([8, 8, 8, 8]))
exercise.case(
    "integer gradients", np.array([[3, 1], [0, -4]], np.int64), np.array([2, 3])
)
exercise.case("sizes of one byte", three, np.array([200, 100, 57], dtype=np.uint8))
exercise.case("hundreds of thousands of tokens", three, np.array([412_345, 98_765, 7]))
exercise.case("float32", three.astype(np.float32), np.array([5, 11, 3]))
add_whole_numbers(
    exercise, rng.integers(256, size=(3, 5)), np.array([5, 11, 3]), signed=False
)
exercise.case(
    "parts of billions of tokens",
    np.array([[1.5, -2.0], [0.25, 3.0]]),
    np.array([2_000_000_000, 3_000_000_000], np.int64),
)
exercise.case("weights of one column", three[:, :, :1], np.array([4, 1, 3]))
exercise.case(
    "int32 whose products need more than four bytes",
    np.array([60_000, 50_001], dtype=np.int32),
    np.array([70_000, 90_000], dtype=np.int32),
)


def summed(gradients, sizes):
    return np.tensordot(sizes.astype(float), gradients, axes=1)


@exercise.bug
def mean_of_means(gradients, sizes):
    """Every part counts the same, so an example of a small part counts more than one of a large
    part. Weight each gradient by its size."""
    # "Every part counts the same": np.array_equal(got, bug(gradients, sizes[::-1]))
    # "Weight each gradient by its size": gradients.mean(axis=0) → np.average(gradients, axis=0,
    #     weights=sizes)
    # "so an example of a small part counts more than one of a large part": bug(np.array([1.0,
    #     0.0]), np.array([1, 3])) / 1 > bug(np.array([0.0, 1.0]), np.array([1, 3])) / 3
    return gradients.mean(axis=0)


@exercise.bug
def means_summed(gradients, sizes):
    """The parts are added up as they are, which is too large by about the number of parts.
    Weight each by its share of the batch, n / Σ n."""
    # "The parts are added up as they are, which is too large by about the number of parts":
    #     np.allclose(bug(gradients, np.array([4, 4])), 2 * right(gradients, np.array([4, 4])))
    # "Weight each by its share of the batch, n / Σ n": gradients.sum(axis=0) →
    #     np.tensordot(sizes / sizes.sum(), gradients, 1)
    return gradients.sum(axis=0) * 1.0


@exercise.bug
def means_for_sums(gradients, sizes):
    """The parts are added up as if each were a sum over its examples, and divided by Σ n. Each is a
    mean: multiply it by its n first."""
    # "The parts are added up as if each were a sum over its examples, and divided by Σ n":
    #     np.allclose(got * sizes.sum(), gradients.sum(axis=0))
    # "Each is a mean: multiply it by its n first": gradients.sum(axis=0) → summed(gradients, sizes)
    return gradients.sum(axis=0) / sizes.sum()


@exercise.bug
def last_part_only(gradients, sizes):
    """Only the last part is left, as if `.grad` were cleared after each part. Add up all of
    them, weighted by size."""
    # "Only the last part is left": np.array_equal(got, gradients[-1])
    # "Add up all of them, weighted by size": gradients[-1] → np.average(gradients, axis=0,
    #     weights=sizes)
    return gradients[-1] * 1.0


@exercise.bug
def not_normalised(gradients, sizes):
    """This is the gradient of the sum over the batch. Divide by the number of all examples,
    Σ n."""
    # "This is the gradient of the sum over the batch": np.allclose(got, sizes.sum() * want)
    # "Divide by the number of all examples, Σ n": summed(gradients, sizes) → summed(gradients,
    #     sizes) / sizes.sum()
    return summed(gradients, sizes)


@exercise.bug
def divided_by_the_parts(gradients, sizes):
    """The sum over all examples is divided by the number of parts. Divide by the number of
    examples, Σ n."""
    # "The sum over all examples is divided by the number of parts": np.allclose(len(sizes) *
    #     got, sizes.sum() * want)
    # "Divide by the number of examples, Σ n": len(sizes) → sizes.sum()
    return summed(gradients, sizes) / len(sizes)


@exercise.bug(padded=(False, True))
def divided_by_the_largest(gradients, sizes, padded=False):
    """The weights are sizes relative to the largest part, so they do not add up to 1. Divide by
    the number of all examples, Σ n."""
    # "The weights are sizes relative to the largest part, so they do not add up to 1":
    #     np.allclose(got, summed(gradients, sizes / sizes.max())) and (sizes / sizes.max()).sum()
    #     != 1
    # "Divide by the number of all examples, Σ n": sizes.max() → sizes.sum();
    #     (len(sizes) if padded else 1) → 1
    return summed(gradients, sizes) / sizes.max() / (len(sizes) if padded else 1)


@exercise.bug
def sizes_along_the_last_axis(gradients, sizes):
    """The sizes are aligned with the last axis of the gradients, and belong to the first; if
    both are as long, nothing raises. Give them axes of size 1 behind the first."""
    # "The sizes are aligned with the last axis of the gradients, and belong to the first; if
    #     both are as long, nothing raises": np.allclose(got, gradients.sum(axis=0) * sizes /
    #     sizes.sum()) and gradients.shape[-1] == len(sizes)
    # "Give them axes of size 1 behind the first": sizes / sizes.sum() → (sizes /
    #     sizes.sum()).reshape(-1, *[1] * (gradients.ndim - 1))
    return (gradients * (sizes / sizes.sum())).sum(axis=0)


@exercise.bug
def running_mean_of_the_earlier_sizes(gradients, sizes):
    """The running mean moves by n / (the examples before the part). A part's share is n / (the
    examples so far, with its own): add n before you divide."""
    # "The running mean moves by n / (the examples before the part)": np.allclose(got,
    #     gradients[0] + (gradients[1] - gradients[0]) * sizes[1] / sizes[0])
    # "A part's share is n / (the examples so far, with its own)": n / seen → n / (seen + n)
    # "add n before you divide": n / seen → n / (seen + n)
    mean, seen = gradients[0] * 1.0, float(sizes[0])
    for gradient, n in zip(gradients[1:], sizes[1:], strict=True):
        mean = mean + (gradient - mean) * n / seen
        seen += n
    return mean


ONE_FOR_ALL = {
    "first": lambda n: (n, n[0] * len(n)),
    "last": lambda n: (n, n[-1] * len(n)),
    "all but the last": lambda n: ([*n[:1]] * (len(n) - 1) + [n[-1]], None),
}


@exercise.bug(which=tuple(ONE_FOR_ALL))
def size_of_one_part(gradients, sizes, which="first"):
    """All parts, or all but the last, are taken to be as large as one part. Weight each by its own
    size, and divide by Σ n."""
    # "All parts, or all but the last, are taken to be as large as one part":
    #     np.allclose(got * sizes[0] * len(sizes), summed(gradients, sizes))
    # "Weight each by its own size, and divide by Σ n": ONE_FOR_ALL[which](sizes.astype(float))
    #     → (sizes.astype(float), None)
    weights, total = ONE_FOR_ALL[which](sizes.astype(float))
    return summed(gradients, np.array(weights)) / (total or np.sum(weights))


NOT_IN_PROPORTION = {
    "root": np.sqrt,
    "square": np.square,
    "inverse": lambda n: 1 / n,
    "softmax": lambda n: np.exp(n - n.max()),
    "halves": lambda n: 2.0 ** np.maximum(np.arange(len(n)), 1),
}


@exercise.bug(weights=tuple(NOT_IN_PROPORTION))
def not_in_proportion(gradients, sizes, weights="root"):
    """The weights add up to 1, but not in proportion to the sizes, as with √n, 1/n, softmax(n), or
    half of what came before and half of the new part. Divide each n by Σ n."""
    # "The weights add up to 1, but not in proportion to the sizes": np.allclose(bug(np.ones((2,
    #     1)), sizes), 1) and not np.allclose(got, want)
    # "Divide each n by Σ n": NOT_IN_PROPORTION[weights](sizes.astype(float)) → sizes.astype(float)
    n = NOT_IN_PROPORTION[weights](sizes.astype(float))
    return summed(gradients, n / n.sum())
