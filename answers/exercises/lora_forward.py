"""Practice for question 29: a linear layer with a LoRA adapter, forward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.lora import lora_forward

exercise = Exercise(
    lora_forward,
    page="29-lora",
    hints=(
        "Weights are (out, in), as in PyTorch. By which transpose does a row of x, "
        "of `in` numbers, become a row of `out` numbers?",
        "Two layers in a row make the update: the first leads down to r numbers, the second up "
        "again. What is the shape after each?",
        "The rank is the axis that both factors share. Which shape has it first?",
    ),
)

rng = np.random.default_rng(29)


def layer(*batch, d_in=5, d_out=7, r=2):
    """Inputs, frozen weights and both factors."""
    shapes = (*batch, d_in), (d_out, d_in), (r, d_in), (d_out, r)
    return [rng.normal(size=shape) for shape in shapes]


exercise.case("one example, rank 1", *layer(1, d_in=2, d_out=1, r=1), 0.5)
exercise.case("3 examples, rank 2", *layer(3), 5.0)
more = np.random.default_rng(30).normal(size=(4, 5))
exercise.case("rank 1, several outputs", more, more[:3], more[:1], more[:3, :1], 5.0)
x, w, a, b = layer(3)
exercise.case("before training: B is 0", x, w, a, 0 * b, 4.0)
trained = b * (np.arange(7)[:, None] != 2)
exercise.case("one row of B is 0", x, w, a, trained, 3.0)
exercise.case("an alpha that is the rank", *layer(3, r=3), 3.0)
exercise.case("no leading axis", *layer(r=3), 16.0)
exercise.case("two leading axes", *layer(2, 3, r=3), 16.0)
exercise.case("three leading axes", *layer(2, 4, 3), 5.0)
exercise.case("sizes that are all 3", *layer(3, d_in=3, d_out=3, r=3), 5.0)
exercise.case("as many inputs as outputs", *layer(4, d_in=6, d_out=6, r=2), 1.5)
exercise.case("more outputs than inputs", *layer(4, d_in=3, d_out=8, r=2), 4.5)
exercise.case("more inputs than outputs", *layer(4, d_in=9, d_out=2, r=3), 4.5)
exercise.case("a rank above both sizes", *layer(4, d_in=3, d_out=5, r=8), 4.5)
again = more[[0, 1, 0]]
exercise.case("a row of A that occurs twice", more[:3], more, again, more[:, :3], 5.0)
exercise.case("an alpha of 0", *layer(3), 0.0)
exercise.case("an alpha below 0", *layer(3, r=4), -2.0)
exercise.case("a large alpha", *layer(3, r=4), 256.0)
exercise.case("a whole alpha", *layer(3, r=4), 6)
exercise.case("float32", *(each.astype(np.float32) for each in layer(2, 3, r=3)), 5.0)
add_whole_numbers(exercise, *(np.rint(9 * each) for each in layer(3)), 3)
of_int32 = (np.rint(3e4 * each).astype(np.int32) for each in (x, w, a, b))
exercise.case("int32 of some 3e4", *of_int32, 5.0)


@exercise.check
def follows_factors_that_are_changed(lora_forward):
    """After a step of gradient descent in `b` itself, the output must be made of the new factor:
    an array keeps its `id` when its entries change, so remember nothing by it."""
    x, w, a = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([[5.0, 7.0]])
    b = np.array([[0.0]])
    lora_forward(x, w, a, b, 0.5)
    b += 2.0
    return np.allclose(lora_forward(x, w, a, b, 0.5), x @ w.T + 0.5 * x @ a.T @ b.T)


def update(x, a, b):
    """The adapter's output before it is scaled."""
    return as_float(x) @ a.T @ b.T


@exercise.bug
def no_scale(x, w, a, b, alpha):
    """The update is added without a factor. Multiply it by alpha / r, where r is the rank:
    `alpha / len(a)`."""
    # "The update is added without a factor": np.allclose(got, x @ w.T + x @ a.T @ b.T)
    # "`alpha / len(a)`": + update(x, a, b) → + alpha / len(a) * update(x, a, b)
    return as_float(x) @ w.T + update(x, a, b)


@exercise.bug
def alpha_not_divided(x, w, a, b, alpha):
    """The update is multiplied by alpha, and not by alpha / r, so it grows with the rank. Divide by
    the rank: `alpha / len(a)`."""
    # "The update is multiplied by alpha, and not by alpha / r": np.allclose(got, x @ w.T +
    #     alpha * (x @ a.T @ b.T))
    # "so it grows with the rank": np.allclose(bug(x, w, np.concatenate([a, a]),
    #     np.concatenate([b, b], axis=1), alpha) - x @ w.T, 2 * (got - x @ w.T))
    # "Divide by the rank: `alpha / len(a)`": alpha * → alpha / len(a) *
    return as_float(x) @ w.T + alpha * update(x, a, b)


@exercise.bug
def divided_by_the_root_of_the_rank(x, w, a, b, alpha):
    """The update is multiplied by alpha / √r, as in rsLoRA. Here it is alpha / r."""
    # "The update is multiplied by alpha / √r": np.allclose(got, x @ w.T + alpha /
    #     np.sqrt(len(a)) * (x @ a.T @ b.T))
    # "Here it is alpha / r": len(a) ** 0.5 → len(a)
    return as_float(x) @ w.T + alpha / len(a) ** 0.5 * update(x, a, b)


@exercise.bug(axis=(0, 1))
def divided_by_a_size_of_w(x, w, a, b, alpha, axis=0):
    """alpha is divided by the number of outputs or of inputs. The rank is the first axis of A
    and the last of B: `len(a)` or `b.shape[1]`."""
    # "alpha is divided by the number of outputs or of inputs": any(np.allclose(got, x @ w.T +
    #     alpha / size * (x @ a.T @ b.T)) for size in w.shape)
    # "`len(a)` or `b.shape[1]`": w.shape[axis] → (len(a) or b.shape[1])
    return as_float(x) @ w.T + alpha / w.shape[axis] * update(x, a, b)


@exercise.bug
def whole_division(x, w, a, b, alpha):
    """alpha // r cuts the fraction off: an alpha below r leaves no update. Divide by `/`."""
    # "alpha // r cuts the fraction off": np.allclose(got, x @ w.T + np.floor(alpha / len(a)) *
    #     (x @ a.T @ b.T))
    # "an alpha below r leaves no update": np.allclose(bug(x, w, a, b, len(a) / 2), x @ w.T)
    # "Divide by `/`": // → /
    return as_float(x) @ w.T + alpha // len(a) * update(x, a, b)


@exercise.bug
def alpha_without_its_fraction(x, w, a, b, alpha):
    """alpha is made a whole number. It may have a fraction: divide it as it is."""
    # "alpha is made a whole number": np.allclose(got, right(x, w, a, b, int(alpha)))
    # "divide it as it is": int(alpha) → alpha
    return as_float(x) @ w.T + int(alpha) / len(a) * update(x, a, b)


@exercise.bug(of_b=(False, True))
def rank_at_most_a_size(x, w, a, b, alpha, of_b=False):
    """The rank is taken for the smaller size of a factor. It may exceed the other size: it is the
    first axis of A, `len(a)`."""
    # "The rank is taken for the smaller size of a factor": np.allclose(got, x @ w.T + alpha /
    #     min(a.shape) * (x @ a.T @ b.T))
    # "it is the first axis of A, `len(a)`": rank * update → len(a) * update
    rank = min(b.shape if of_b else a.shape)
    return as_float(x) @ w.T + alpha / rank * update(x, a, b)


@exercise.bug
def numerical_rank(x, w, a, b, alpha):
    """The rank is what `np.linalg.matrix_rank` finds in A, which is less than r if rows depend on
    each other. r is the number of rows of A: `len(a)`."""
    # "The rank is what `np.linalg.matrix_rank` finds in A, which is less than r if rows depend on
    #     each other": np.linalg.matrix_rank(a) < len(a) and np.allclose(got, x @ w.T + alpha /
    #     np.linalg.matrix_rank(a) * (x @ a.T @ b.T))
    # "r is the number of rows of A: `len(a)`": np.linalg.matrix_rank(a) → len(a)
    rank = max(np.linalg.matrix_rank(a), 1)
    return as_float(x) @ w.T + alpha / rank * update(x, a, b)


@exercise.bug
def divided_by_the_rank_twice(x, w, a, b, alpha):
    """The update is divided by the rank in two places. Divide once: alpha / r."""
    # "The update is divided by the rank in two places": np.allclose(got, x @ w.T + alpha /
    #     len(a) ** 2 * (x @ a.T @ b.T))
    # "Divide once: alpha / r": len(a) ** 2 → len(a)
    return as_float(x) @ w.T + alpha / len(a) ** 2 * update(x, a, b)


def relu(z):
    return np.maximum(z, 0)


@exercise.bug(curve=(relu, np.tanh))
def curve_between_the_factors(x, w, a, b, alpha, curve=relu):
    """A curve stands between the factors, such as ReLU or tanh. The adapter is linear: nothing
    stands between A and B."""
    # "A curve stands between the factors, such as ReLU or tanh": np.allclose(got, x @ w.T + alpha /
    #     len(a) * (np.maximum(x @ a.T, 0) @ b.T))
    # "The adapter is linear: nothing stands between A and B": curve(as_float(x) @ a.T) →
    #     (as_float(x) @ a.T)
    hidden = curve(as_float(x) @ a.T)
    return as_float(x) @ w.T + alpha / len(a) * (hidden @ b.T)


@exercise.bug
def all_is_scaled(x, w, a, b, alpha):
    """alpha / r multiplies the frozen layer's output, too, so the model is another one before it
    is trained. Scale the update alone."""
    # "alpha / r multiplies the frozen layer's output, too": np.allclose(got, alpha / len(a) *
    #     (x @ w.T + x @ a.T @ b.T))
    # "the model is another one before it is trained": not np.allclose(bug(x, w, a, 0 * b,
    #     alpha), x @ w.T)
    # "Scale the update alone": alpha / len(a) * (as_float(x) @ w.T + update(x, a, b)) →
    #     as_float(x) @ w.T + alpha / len(a) * update(x, a, b)
    return alpha / len(a) * (as_float(x) @ w.T + update(x, a, b))


@exercise.bug
def scaled_twice(x, w, a, b, alpha):
    """The update is multiplied by alpha / r twice. Multiply it once."""
    # "The update is multiplied by alpha / r twice": np.allclose(got, x @ w.T + (alpha / len(a))
    #     ** 2 * (x @ a.T @ b.T))
    # "Multiply it once": ** 2 → ** 1
    return as_float(x) @ w.T + (alpha / len(a)) ** 2 * update(x, a, b)


@exercise.bug
def no_frozen_layer(x, w, a, b, alpha):
    """Only the update comes out. Add the frozen layer's output, `x @ w.T`: before training, when B
    is 0, it is all there is."""
    # "Only the update comes out": np.allclose(got, alpha / len(a) * (x @ a.T @ b.T))
    # "before training, when B is 0, it is all there is": np.array_equal(right(x, w, a, 0 * b,
    #     alpha), x @ w.T) and not bug(x, w, a, 0 * b, alpha).any()
    # "Add the frozen layer's output, `x @ w.T`": return → return x @ w.T +
    x = as_float(x)
    return alpha / len(a) * update(x, a, b)


@exercise.bug
def update_subtracted(x, w, a, b, alpha):
    """The update is subtracted. Add it."""
    # "The update is subtracted": np.allclose(got, 2 * x @ w.T - want)
    # "Add it": - alpha → + alpha
    return as_float(x) @ w.T - alpha / len(a) * update(x, a, b)


@exercise.bug
def update_of_the_output(x, w, a, b, alpha):
    """The adapter gets the frozen layer's output. It stands beside the layer, and not behind it:
    give it x."""
    # "The adapter gets the frozen layer's output": isinstance(got, ValueError) and w.shape[0]
    #     != w.shape[1]
    # "give it x": update(y, a, b) → update(x, a, b)
    y = as_float(x) @ w.T
    return y + alpha / len(a) * update(y, a, b)


@exercise.bug
def weights_not_transposed(x, w, a, b, alpha):
    """x is multiplied by w, whose rows belong to the outputs; the sizes fit only if w is square.
    Multiply by the transpose: `x @ w.T`."""
    # "x is multiplied by w, whose rows belong to the outputs; the sizes fit only if w is
    #     square": isinstance(got, ValueError) and w.shape[0] != w.shape[1] == x.shape[-1]
    # "Multiply by the transpose: `x @ w.T`": x @ w + → x @ w.T +
    x = as_float(x)
    return x @ w + alpha / len(a) * update(x, a, b)


@exercise.bug
def update_not_transposed(x, w, a, b, alpha):
    """The update B A is added to the transpose of w, and is not transposed itself. Transpose the
    sum of both: `(w + alpha / len(a) * b @ a).T`."""
    # "The update B A is added to the transpose of w, and is not transposed itself":
    #     np.allclose(got, x @ (w.T + alpha / len(a) * b @ a))
    # "Transpose the sum of both: `(w + alpha / len(a) * b @ a).T`": w.T + alpha / len(a) * b @ a →
    #     (w + alpha / len(a) * b @ a).T
    return as_float(x) @ (w.T + alpha / len(a) * b @ a)


@exercise.bug
def factors_entry_by_entry(x, w, a, b, alpha):
    """`*` multiplies the factors entry by entry, which is their product at rank 1 alone. Multiply
    the matrices: `b @ a`."""
    # "`*` multiplies the factors entry by entry, which is their product at rank 1 alone":
    #     isinstance(got, ValueError) and np.allclose(bug(x, w, a[:1], b[:, :1], alpha), x @ (w +
    #     alpha * b[:, :1] * a[:1]).T)
    # "Multiply the matrices: `b @ a`": b * a → b @ a
    b = as_float(b)
    return as_float(x) @ (w + alpha / len(a) * (b * a)).T


@exercise.bug
def rank_summed_in_each_factor(x, w, a, b, alpha):
    """The rank has another letter in each factor, so `einsum` sums each alone. Give it one letter:
    `ri,or`."""
    # "The rank has another letter in each factor, so `einsum` sums each alone": np.allclose(got,
    #     x @ w.T + alpha / len(a) * np.einsum("...i,i,o->...o", x, a.sum(axis=0), b.sum(axis=1)))
    # "Give it one letter: `ri,or`": ri,os → ri,or
    x = as_float(x)
    up = np.einsum("...i,ri,os->...o", x, a, b)
    return x @ w.T + alpha / len(a) * up


@exercise.bug
def factors_exchanged(x, w, a, b, alpha):
    """x meets B first, whose rows belong to the outputs; the sizes fit only if w is square. A
    leads down to r numbers, and B up again: `x @ a.T @ b.T`."""
    # "x meets B first, whose rows belong to the outputs; the sizes fit only if w is square":
    #     isinstance(got, ValueError) and len(b) != x.shape[-1]
    # "A leads down to r numbers, and B up again: `x @ a.T @ b.T`": x @ b @ a → x @ a.T @ b.T
    x = as_float(x)
    return x @ w.T + alpha / len(a) * (x @ b @ a)
