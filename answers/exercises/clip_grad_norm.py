"""Practice for question 23: one factor for all gradients, so that their common norm is bounded."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.training.clipping import clip_grad_norm

exercise = Exercise(
    clip_grad_norm,
    page="23-loss-does-not-move",
    returns=("clipped", "norm"),
    hints=(
        "As if all gradients were one long vector: which number is its length, and how do you "
        "get it from the sums of squares of the parts?",
        "One factor for every gradient keeps the direction of the step. What is it if the norm is "
        "twice the bound, and what if it is half of it?",
        "Return the norm from before the clipping, beside new arrays: a caller may still need "
        "the gradients as they were.",
    ),
)

rng = np.random.default_rng(23)


def network(size, dtype=np.float64):
    """Gradients of four shapes."""
    shapes = {"w1": (5, 3), "b1": (3,), "w2": (3, 2), "b2": (2,)}
    return {
        name: (size * rng.normal(size=shape)).astype(dtype)
        for name, shape in shapes.items()
    }


# Norms that are clipped are above 100, so that max_norm / (norm + 1e-6), PyTorch's factor, passes.
one = {"w": np.array([300.0, -400.0])}
exercise.case("one gradient of norm 500", one, 100.0)
exercise.case("a norm below the bound", {"w": np.array([0.3, -0.4])}, 1.0)
exercise.case(
    "two parameters",
    {"w": np.array([[200.0, 0.0], [-100.0, 300.0]]), "b": np.array([700.0])},
    20.0,
)
exercise.case("four parameters of a network", network(100.0), 1.0)
exercise.case("a network below the bound", network(0.01), 1.0)
exercise.case("a norm far below the bound", {"w": np.array([3e-4, -4e-4])}, 1.0)
exercise.case("a norm just above the bound", one, 475.0)
exercise.case("a norm a little below the bound", one, 550.0)
exercise.case(
    "one gradient large, the other small",
    {"w": np.array([300.0, 400.0]), "b": np.array([3.0, 2.0])},
    20.0,
)
exercise.case("a gradient of zeros", {"w": np.zeros((2, 3)), "b": np.zeros(3)}, 1.0)
exercise.case(
    "one of the gradients zero",
    {"w": np.zeros((2, 3)), "b": np.array([300.0, 150.0, -200.0])},
    75.0,
)
exercise.case("a small bound", network(200.0), 0.03)
exercise.case("float32", network(300.0, np.float32), 1.0)
exercise.case("float32 below the bound", network(0.02, np.float32), 1.0)
whole = {"w": rng.integers(-90, 99, size=(4, 3)), "b": rng.integers(-90, 99, size=3)}
exercise.case("integers", whole, 5.0)
exercise.case("bytes", {"w": rng.integers(256, size=(4, 3), dtype=np.uint8)}, 5.0)
exercise.case("a bound that is an integer", network(100.0), 2)
exercise.case(
    "a kernel of four axes, and one number",
    {
        "kernel": 100 * rng.normal(size=(2, 3, 2, 2)),
        "scale": 100 * rng.normal(size=1),
    },
    100.0,
)
exercise.case(
    "a gradient without axes",
    {"w": np.array([300.0, -200.0]), "scale": np.array(600.0)},
    75.0,
)
exercise.case(
    "a gradient without axes, below the bound",
    {"w": np.array([3.0, -2.0]), "scale": np.array(6.0)},
    75.0,
)
exercise.case(
    "integers whose squares need more than four bytes",
    {
        "w": np.array([[60_000, -80_000]], dtype=np.int32),
        "b": np.array([-70_000], dtype=np.int32),
    },
    550.0,
)
exercise.case(
    "a norm below the bound, and its square far above",
    {"w": np.array([[9.0, -5.0], [2.0, 7.0]]), "b": np.array([3.0])},
    21.0,
)
exercise.case(
    "float32 whose squares are too large for float32",
    {"w": np.array([3e20, -4e20], np.float32)},
    7e19,
    noted=Note(
        "squares that overflow float32",
        "Ours adds them up in float64: in float32 the square of 2e19 is inf already.",
    ),
)
exercise.case(
    "two gradients that are one array", {"w": one["w"], "tied": one["w"]}, 475.0
)
exercise.case(
    "every entry below the bound, the norm above", {"w": np.full((4, 5), 60.0)}, 100.0
)
exercise.case(
    "each norm below the bound, the common one above",
    {
        "a": np.array([60.0, 30.0]),
        "b": np.array([-50.0, 40.0]),
        "c": np.array([70.0]),
    },
    90.0,
)


def norm_of(gradients):
    return float(
        np.sqrt(sum(np.square(g, dtype=float).sum() for g in gradients.values()))
    )


def times(gradients, factor):
    """All gradients times one factor; float32 stays float32."""
    return {name: g * factor for name, g in gradients.items()}


@exercise.bug
def each_by_itself(gradients, max_norm):
    """Each gradient is clipped by its own norm, which turns the step: large gradients shrink
    and small ones do not. Take one norm over all, and one factor."""
    # "Each gradient is clipped by its own norm, which turns the step: large gradients shrink
    #     and small ones do not": all(np.linalg.norm(g) <= 1.0001 * max_norm for g in
    #     got.clipped.values()) and norm_of(got.clipped) > 1.1 * max_norm
    # "Take one norm over all, and one factor": min(1, max_norm / max(norm_of({name: g}), 1e-30))
    #     → min(1, max_norm / max(norm_of(gradients), 1e-30))
    clipped = {
        name: g * min(1, max_norm / max(norm_of({name: g}), 1e-30))
        for name, g in gradients.items()
    }
    return clipped, norm_of(gradients)


@exercise.bug
def by_value(gradients, max_norm):
    """Each entry is cut at the bound by itself, which turns the step. Multiply all entries by
    one factor."""
    # "Each entry is cut at the bound by itself": np.array_equal(got.clipped["w"],
    #     np.clip(gradients["w"], -max_norm, max_norm))
    # "Multiply all entries by one factor": np.clip(g, -max_norm, max_norm) → g * min(1,
    #     max_norm / max(norm_of(gradients), 1e-30))
    clipped = {
        name: np.clip(g, -max_norm, max_norm) * 1.0 for name, g in gradients.items()
    }
    return clipped, norm_of(gradients)


@exercise.bug
def scaled_up(gradients, max_norm):
    """Gradients below the bound are scaled up to it, so that every step is as long. The factor
    is at most 1."""
    # "Gradients below the bound are scaled up to it, so that every step is as long":
    #     np.isclose(norm_of(got.clipped), max_norm) and got.norm < max_norm
    # "The factor is at most 1": max_norm / max(norm, 1e-30) → min(1, max_norm / max(norm,
    #     1e-30))
    norm = norm_of(gradients)
    return times(gradients, max_norm / max(norm, 1e-30)), norm


@exercise.bug
def norm_afterwards(gradients, max_norm):
    """The norm that is returned is the one after clipping, which says nothing about a spike.
    Return the norm from before."""
    # "The norm that is returned is the one after clipping, which says nothing about a spike":
    #     got.norm == max_norm < want.norm
    # "Return the norm from before": min(norm, max_norm) → norm
    norm = norm_of(gradients)
    return times(gradients, min(1, max_norm / max(norm, 1e-30))), min(norm, max_norm)


@exercise.bug
def norms_added_up(gradients, max_norm):
    """The norms of the gradients are added up, which is more than their common norm. Add up the
    squares, and take one root at the end."""
    # "The norms of the gradients are added up, which is more than their common norm":
    #     np.isclose(got.norm, sum(np.linalg.norm(g) for g in gradients.values())) and got.norm >
    #     want.norm
    # "Add up the squares, and take one root at the end": sum((norm_of({name: g}) for name, g in
    #     gradients.items())) → sum((norm_of({name: g}) ** 2 for name, g in gradients.items())) **
    #     0.5
    norm = sum(norm_of({name: g}) for name, g in gradients.items())
    return times(gradients, min(1, max_norm / max(norm, 1e-30))), norm


@exercise.bug
def no_root(gradients, max_norm):
    """The root is missing: the sum of squares is taken for the norm. Take its square root."""
    # "The root is missing: the sum of squares is taken for the norm": np.isclose(got.norm,
    #     want.norm ** 2)
    # "Take its square root": norm_of(gradients) ** 2 → norm_of(gradients)
    norm = norm_of(gradients) ** 2
    return times(gradients, min(1, max_norm / max(norm, 1e-30))), norm


@exercise.bug
def largest_entry(gradients, max_norm):
    """The largest entry is taken for the norm, so many small entries pass as they are. The norm
    is the root of the sum of squares."""
    # "The largest entry is taken for the norm": got.norm == max(abs(g).max() for g in
    #     gradients.values())
    # "so many small entries pass as they are": np.array_equal(bug({"w": np.full(100, 0.5)},
    #     1.0)[0]["w"], np.full(100, 0.5))
    # "The norm is the root of the sum of squares": max((np.abs(g).max() for g in
    #     gradients.values())) → sum((np.square(g, dtype=float).sum() for g in
    #     gradients.values())) ** 0.5
    norm = max(np.abs(g).max() for g in gradients.values())
    return times(gradients, min(1, max_norm / max(norm, 1e-30))), norm


@exercise.bug
def absolute_values(gradients, max_norm):
    """The absolute values are added up, not the squares: that is another norm, and larger. Take
    the root of the sum of squares."""
    # "The absolute values are added up, not the squares: that is another norm, and larger":
    #     np.isclose(got.norm, sum(abs(g).sum() for g in gradients.values())) and got.norm >
    #     want.norm
    # "Take the root of the sum of squares": sum((np.abs(g.astype(float)).sum() for g in
    #     gradients.values())) → sum((np.square(g, dtype=float).sum() for g in
    #     gradients.values())) ** 0.5
    norm = float(sum(np.abs(g.astype(float)).sum() for g in gradients.values()))
    return times(gradients, min(1, max_norm / max(norm, 1e-30))), norm


@exercise.bug
def mean_of_squares(gradients, max_norm):
    """The mean of the squares is taken, not their sum, so a large network is hardly ever
    clipped. A norm adds up all entries."""
    # "so a large network is hardly ever clipped": bug({"w": np.full(10**6, 0.9)}, 1.0)[0]["w"][0]
    #     == 0.9
    # "The mean of the squares is taken, not their sum": np.isclose(got.norm, want.norm /
    #     np.sqrt(sum(g.size for g in gradients.values())))
    # "A norm adds up all entries": / np.sqrt(sum((g.size for g in gradients.values()))) →
    norm = norm_of(gradients) / np.sqrt(sum(g.size for g in gradients.values()))
    return times(gradients, min(1, max_norm / max(norm, 1e-30))), norm


@exercise.bug
def divided_by_the_norm_alone(gradients, max_norm):
    """Gradients above the bound, be it large or small, end with norm 1. Multiply by max_norm /
    norm."""
    # "Gradients above the bound, be it large or small, end with norm 1":
    #     np.isclose(norm_of(got.clipped), 1) and max_norm != 1
    # "Multiply by max_norm / norm": 1 / norm → max_norm / norm
    norm = norm_of(gradients)
    return times(gradients, 1 / norm if norm > max_norm else 1.0), norm


@exercise.bug
def steps_left_out(gradients, max_norm):
    """Gradients above the bound are set to 0, and the step is lost. Shorten them to the bound:
    multiply by max_norm / norm."""
    # "Gradients above the bound are set to 0, and the step is lost": not any(g.any() for g in
    #     got.clipped.values())
    # "Shorten them to the bound: multiply by max_norm / norm": 0.0 → max_norm / norm
    norm = norm_of(gradients)
    return times(gradients, 0.0 if norm > max_norm else 1.0), norm


@exercise.bug
def first_gradient_only(gradients, max_norm):
    """The norm is that of the first gradient alone, as if the loop returned too early. Add up
    the squares of all of them."""
    # "The norm is that of the first gradient alone": np.isclose(got.norm,
    #     np.linalg.norm(next(iter(gradients.values()))))
    # "Add up the squares of all of them": dict([next(iter(gradients.items()))]) → gradients
    norm = norm_of(dict([next(iter(gradients.items()))]))
    return times(gradients, min(1, max_norm / max(norm, 1e-30))), norm


@exercise.bug
def factor_upside_down(gradients, max_norm):
    """The factor is norm / max_norm, so gradients below the bound shrink and those above it pass.
    Turn it around: max_norm / norm."""
    # "so gradients below the bound shrink and those above it pass": np.array_equal(
    #     got.clipped["w"], gradients["w"]) and norm_of(bug({"w": np.array([0.5])}, 1.0)[0]) == 0.25
    # "Turn it around: max_norm / norm": norm / max_norm → max_norm / max(norm, 1e-30)
    norm = norm_of(gradients)
    return times(gradients, min(1, norm / max_norm)), norm


@exercise.bug
def square_compared_with_the_bound(gradients, max_norm):
    """The sum of squares is compared with the bound, so gradients are scaled up whose norm is below
    the bound and its square above. Compare the norm."""
    # "The sum of squares is compared with the bound, so gradients are scaled up whose norm is below
    #     the bound and its square above": norm_of(got.clipped) > 1.01 * want.norm and want.norm <
    #     max_norm < want.norm ** 2
    # "Compare the norm": norm ** 2 > max_norm → norm > max_norm
    norm = norm_of(gradients)
    return times(gradients, max_norm / norm if norm**2 > max_norm else 1.0), norm
