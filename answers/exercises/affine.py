"""Practice for question 1: the affine layer, forward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import WRAPPED_PRODUCTS
from answers.grader.number_types import add_whole_numbers
from answers.networks.layers import affine

exercise = Exercise(
    affine,
    page="01-backpropagation",
    hints=(
        "Write the shapes down: (batch, d_in) and (d_in, d_out). Which product gives one row of "
        "d_out numbers per example?",
        "`@` multiplies over the last axis of the left and the last but one of the right; any "
        "axes further left are batch. The bias has one entry per output.",
    ),
)

rng = np.random.default_rng(3)
x, w, b = rng.normal(size=(3, 5)), rng.normal(size=(5, 7)), rng.normal(size=7)
exercise.case(
    "one example", np.array([[1.0, 2.0]]), np.array([[3.0], [0.5]]), np.array([10.0])
)
exercise.case("3 examples, 5 inputs, 7 outputs", x, w, b)
exercise.case("as many examples as outputs", rng.normal(size=(7, 5)), w, b)
exercise.case(
    "as many inputs as outputs", rng.normal(size=(3, 7)), rng.normal(size=(7, 7)), b
)
exercise.case("two leading axes", rng.normal(size=(2, 3, 5)), w, b)
exercise.case("no leading axis", x[0], w, b)
exercise.case(
    "pixels from 0 to 255", rng.integers(256, size=(3, 5), dtype=np.uint8), w, b
)
exercise.case("float32", *(a.astype(np.float32) for a in (x, w, b)))
whole = [rng.integers(-200, 200, size=size) for size in ((3, 5), (5, 7), 7)]
add_whole_numbers(exercise, *whole, factor=40_009)
exercise.case("a bias with a 0", x, w, b * (np.arange(7) != 2))
exercise.case("three leading axes", rng.normal(size=(2, 4, 3, 5)), w, b)
exercise.case("a leading axis of size 1", rng.normal(size=(1, 3, 5)), w, b)
exercise.case("integers, with fractions in the bias", *whole[:2], whole[2] + 0.25)
exercise.case(
    "integers of four bytes whose products wrap around",
    *(300 * each.astype(np.int32) for each in whole),
    noted=WRAPPED_PRODUCTS,
)


@exercise.bug
def no_bias(x, w, b):
    """The bias is not added. Add `b` to every row: `x @ w + b`."""
    # "The bias is not added": np.array_equal(got, x @ w)
    # "Add `b` to every row: `x @ w + b`": x @ w → x @ w + b
    return x @ w


@exercise.bug
def bias_subtracted(x, w, b):
    """The bias is subtracted. Add it: `x @ w + b`."""
    # "The bias is subtracted": np.allclose(got, want - 2 * b)
    # "Add it: `x @ w + b`": x @ w - b → x @ w + b
    return x @ w - b


@exercise.bug(of_vectors=(True, False))
def bias_as_column(x, w, b, of_vectors=True):
    """The bias lies along the examples, so it adds one number to each of them, or fits no axis at
    all. It has one number per output: `x @ w + b` adds it to each row."""
    # "The bias lies along the examples, so it adds one number to each of them":
    #     np.allclose(bug(w.T, w, b), w.T @ w + b[:, None])
    # "or fits no axis at all. It has one number per output": isinstance(got, ValueError) and
    #     len(b) == w.shape[1]
    # "`x @ w + b` adds it to each row": b[:, None] → b; np.swapaxes(w.T @ np.swapaxes(x, -1, -2) +
    #     b, -1, -2) → x @ w + b
    if of_vectors:
        return x @ w + b[:, None]
    if x.ndim == 1:
        return x @ w + b
    return np.swapaxes(w.T @ np.swapaxes(x, -1, -2) + b, -1, -2)


@exercise.bug
def bias_summed(x, w, b):
    """The sum of the biases is added to every output. Each output has its own: `x @ w + b`."""
    # "The sum of the biases is added to every output": np.allclose(got - x @ w, b.sum())
    # "Each output has its own: `x @ w + b`": x @ w + b.sum() → x @ w + b
    return x @ w + b.sum()


@exercise.bug
def bias_in_the_loop(x, w, b):
    """The bias is added with each input, d_in times in all. Add it once, after the sum."""
    # "The bias is added with each input, d_in times in all": np.allclose(got, x @ w + len(w) * b)
    # "Add it once, after the sum": sum((x[..., i, None] * w[i] + b for i in range(len(w)))) →
    #     sum(x[..., i, None] * w[i] for i in range(len(w))) + b
    x = x * 1.0
    return sum(x[..., i, None] * w[i] + b for i in range(len(w)))


@exercise.bug(of=("x", "w"))
def bias_in_the_type_of_others(x, w, b, of="x"):
    """The bias is cast to the type of the inputs or of the weights, and integers hold no fractions.
    Add it as it is."""
    # "The bias is cast to the type of the inputs": x.dtype.kind == "i" and np.allclose(got,
    #     right(x, w, np.trunc(b)))
    # "or of the weights": np.allclose(bug(1.0 * x, np.rint(w).astype(int), b, of="w"), right(1.0 *
    #     x, np.rint(w), np.trunc(b)))
    # "Add it as it is": b.astype(dtype) → b
    dtype = x.dtype if of == "x" else w.dtype
    return (x * 1.0) @ w + b.astype(dtype)


@exercise.bug
def weights_transposed(x, w, b):
    """The weights are transposed, as `torch.nn.Linear` stores them. Here they are (d_in, d_out)
    already: multiply by `w`."""
    # "The weights are transposed": np.allclose(bug(x, w.T, b), x @ w + b)
    # "Here they are (d_in, d_out) already: multiply by `w`": w.T → w
    return x @ w.T + b


@exercise.bug
def leading_axes_lost(x, w, b):
    """The leading axes are flattened into one and not restored. `x @ w` keeps them, or reshape
    the result to `(*x.shape[:-1], d_out)`."""
    # "The leading axes are flattened into one and not restored": got.shape == (x[..., 0].size,
    #     w.shape[1])
    # "`x @ w` keeps them": x.reshape(-1, x.shape[-1]) @ w → x @ w
    # "or reshape the result to `(*x.shape[:-1], d_out)`": x.reshape(-1, x.shape[-1]) @ w →
    #     (lambda d_out: (x.reshape(-1, x.shape[-1]) @ w).reshape((*x.shape[:-1],
    #     d_out)))(w.shape[1])
    return x.reshape(-1, x.shape[-1]) @ w + b


@exercise.bug
def examples_flattened(x, w, b):
    """Everything behind the first axis is flattened, so an axis that counts examples is taken
    for inputs. Only the last axis holds inputs: `x @ w`."""
    # "Everything behind the first axis is flattened, so an axis that counts examples is taken
    #     for inputs": np.allclose(bug(x, np.tile(w, (3, 1)), b), x.sum(axis=1) @ w + b)
    # "Only the last axis holds inputs: `x @ w`": x.reshape(len(x), -1) @ w → x @ w
    return x.reshape(len(x), -1) @ w + b
