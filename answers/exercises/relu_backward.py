"""Practice for question 1: the backward pass of ReLU."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import SLOPE
from answers.grader.number_types import add_whole_numbers
from answers.networks.layers import relu_backward

exercise = Exercise(
    relu_backward,
    page="01-backpropagation",
    hints=(
        "What is the slope of max(x, 0) left of 0, and right of 0? It multiplies `dout`.",
        "A comparison gives an array of True and False, which multiplies as 1 and 0. Which of "
        "the two arguments must be compared?",
    ),
)

rng = np.random.default_rng(13)
cube = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 3, 5))
exercise.case(
    "a vector", np.array([5.0, -6.0, 7.0, -8.0]), np.array([-2.0, 3.0, 0.5, -4.0])
)
exercise.case("a matrix", rng.normal(size=(3, 7)), rng.normal(size=(3, 7)))
exercise.case("three axes", *cube)
exercise.case(
    "inputs of exactly 0",
    *(np.array([5.0, -6.0, 7.0]), np.array([0.0, -0.0, 1.0])),
    noted=SLOPE,
)
exercise.case("inputs of ±1e-12", np.array([5.0, -6.0]), np.array([1e-12, -1e-12]))
# float32 holds no number as small as this.
exercise.case("inputs of ±1e-60", np.array([7.0, -5.0]), np.array([-1e-60, 1e-60]))
exercise.case("gradients of ±10 000", 1e4 * cube[0], cube[1])
exercise.case(
    "integer inputs", rng.normal(size=(2, 3)), np.array([[1, -2, 4], [3, -1, -5]])
)
exercise.case("float32", *(a.astype(np.float32) for a in cube))
add_whole_numbers(
    exercise, rng.integers(-9, 9, size=(2, 3)), np.array([[1, -2, 4], [3, -1, 200]])
)
exercise.case("one example", cube[0][0, 0], cube[1][0, 0])
exercise.case("three leading axes", cube[0][None], cube[1][None])


@exercise.check
def has_a_slope_from_0_to_1_at_0(relu_backward):
    """At x = 0 the gradient must lie between 0 and `dout`: nan, or a slope outside of 0 to 1, is
    no choice but a mistake."""
    dout, x = np.array([5.0, -6.0]), np.zeros(2)
    slope = relu_backward(dout.copy(), x) / dout
    return ((slope >= 0) & (slope <= 1)).all()


@exercise.bug
def no_mask(dout, x):
    """The gradient passes everywhere, as if ReLU were the identity. Multiply by 0 where the
    input was not positive."""
    # "The gradient passes everywhere, as if ReLU were the identity": np.array_equal(got, dout)
    # "Multiply by 0 where the input was not positive": dout + 0.0 → dout * np.where(~(x > 0),
    #     0, 1)
    return dout + 0.0


@exercise.bug
def mask_from_the_gradient(dout, x):
    """The mask is taken from `dout`, so negative gradients are lost and the input is ignored.
    Compare `x`, which the forward pass saw."""
    # "The mask is taken from `dout`, so negative gradients are lost and the input is ignored":
    #     not got[dout < 0].any() and np.array_equal(got, bug(dout, -x))
    # "Compare `x`, which the forward pass saw": dout > 0 → x > 0
    return dout * (dout > 0)


@exercise.bug
def mask_inverted(dout, x):
    """The gradient passes where the input was negative, and is 0 where it was positive. Keep it
    where x > 0."""
    # "The gradient passes where the input was negative, and is 0 where it was positive":
    #     np.array_equal(got, np.where(x < 0, dout, 0)) and not got[x > 0].any()
    # "Keep it where x > 0": x < 0 → x > 0
    return dout * (x < 0)


@exercise.bug
def gradient_forgotten(dout, x):
    """This is the slope of ReLU alone, 1 or 0. By the chain rule it multiplies `dout`."""
    # "This is the slope of ReLU alone, 1 or 0": set(got) == {0, 1} and np.array_equal(got,
    #     bug(9 * dout, x))
    # "By the chain rule it multiplies `dout`": (x > 0).astype(float) → dout * (x >
    #     0).astype(float)
    return (x > 0).astype(float)


@exercise.bug
def multiplied_by_the_output(dout, x):
    """`dout` is multiplied by relu(x), not by its slope. The slope is 1 where x > 0 and 0
    elsewhere."""
    # "`dout` is multiplied by relu(x), not by its slope": np.array_equal(got, dout *
    #     np.maximum(x, 0))
    # "The slope is 1 where x > 0 and 0 elsewhere": np.maximum(x, 0) → np.where(x > 0, 1, 0)
    return dout * np.maximum(x, 0)


@exercise.bug
def written_into_the_gradient(dout, x):
    """The zeros are written into `dout` itself, so whoever else uses it gets a wrong gradient.
    Make a new array: `dout * (x > 0)`."""
    # "The zeros are written into `dout` itself": (lambda dout: [bug(dout, x), (dout ==
    #     0).any()][1])(dout.copy())
    # "Make a new array: `dout * (x > 0)`": dout[x <= 0] = 0 → dout = dout * (x > 0)
    dout[x <= 0] = 0
    return dout


@exercise.bug
def product_compared(dout, x):
    """The product of `dout` and `x` is compared with 0, and the result is 1 or 0: in Python, *
    binds before >. Put the comparison in parentheses: `dout * (x > 0)`."""
    # "The product of `dout` and `x` is compared with 0, and the result is 1 or 0":
    #     np.array_equal(got, (dout * x > 0).astype(float))
    # "Put the comparison in parentheses: `dout * (x > 0)`": (dout * x > 0).astype(float) →
    #     dout * (x > 0)
    return (dout * x > 0).astype(float)


@exercise.bug
def signs_compared(dout, x):
    """The gradient passes where `dout` and `x` have the same sign. The sign of `dout` does not
    matter: keep it where x > 0."""
    # "The gradient passes where `dout` and `x` have the same sign": np.array_equal(got,
    #     np.where(np.sign(dout) == np.sign(x), dout, 0))
    # "keep it where x > 0": dout * x > 0 → x > 0
    return np.where(dout * x > 0, dout, 0.0)
