"""Practice for question 29: a linear layer with a LoRA adapter, backward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.lora import lora_backward

exercise = Exercise(
    lora_backward,
    page="29-lora",
    returns=("dx", "da", "db"),
    hints=(
        "The output is a sum of two paths from x. W is frozen: does that stop the gradient which "
        "goes through it to x?",
        "Call h = x Aᵀ the r numbers between the factors. Which gradient arrives at h?",
        "dB needs h, and dA needs the gradient at h. Each gradient has the shape of what it is "
        "the gradient of, which leaves one order of the products.",
        "With more than one leading axis, reshape `x` and `dout` to one row per example; then the "
        "products sum over all of them.",
    ),
)

rng = np.random.default_rng(2929)


def layer(*batch, d_in=5, d_out=7, r=2):
    """The gradient at the output, inputs, frozen weights and both factors."""
    shapes = (*batch, d_out), (*batch, d_in), (d_out, d_in), (r, d_in), (d_out, r)
    return [rng.normal(size=shape) for shape in shapes]


exercise.case("one example, rank 1", *layer(1, d_in=2, d_out=3, r=1), 0.5)
exercise.case("3 examples, rank 2", *layer(3), 5.0)
dout, x, w, a, b = layer(3)
exercise.case("the first step: B is 0", dout, x, w, a, 0 * b, 5.0)
exercise.case("A is 0, and B is not", dout, x, w, 0 * a, b, 5.0)
exercise.case("an alpha that is the rank", *layer(3, r=3), 3.0)
exercise.case("no leading axis", *layer(r=3), 16.0)
exercise.case("two leading axes", *layer(2, 3, r=3), 16.0)
exercise.case("three leading axes", *layer(2, 4, 3), 5.0)
exercise.case("sizes that are all 3", *layer(3, d_in=3, d_out=3, r=3), 5.0)
exercise.case("as many inputs as outputs", *layer(4, d_in=6, d_out=6, r=2), 1.5)
exercise.case("more outputs than inputs", *layer(4, d_in=3, d_out=8, r=2), 4.5)
exercise.case("a rank above both sizes", *layer(4, d_in=3, d_out=5, r=8), 4.5)
exercise.case("an alpha of 0", *layer(3), 0.0)
exercise.case("an alpha below 0", *layer(3, r=4), -2.0)
exercise.case("gradients of 1e-4", 1e-4 * dout, x, w, a, b, 5.0)
exercise.case("float32", *(each.astype(np.float32) for each in layer(2, 3, r=3)), 5.0)
add_whole_numbers(exercise, *(np.rint(9 * each) for each in layer(3)), 3)
of_int32 = (np.rint(3e4 * each).astype(np.int32) for each in (dout, x, w, a, b))
exercise.case("int32 of some 3e4", *of_int32, 5.0)


@exercise.check
def follows_factors_that_are_changed(lora_backward):
    """After a step of gradient descent in `b` itself, dx and da must be made of the new factor: an
    array keeps its `id` when its entries change, so remember nothing by it."""
    dout, x, w = np.array([[1.0, 2.0]]), np.array([[3.0]]), np.array([[1.0], [2.0]])
    a, b = np.array([[4.0]]), np.array([[0.0], [0.0]])
    lora_backward(dout, x, w, a, b, 0.5)
    b += 1.0
    dx, da, _ = lora_backward(dout, x, w, a, b, 0.5)
    return np.allclose(dx, 11.0) and np.allclose(da, 4.5)


def rows(array):
    """One row for each example, as floats."""
    return as_float(array).reshape(-1, array.shape[-1])


def through(dout, x, w, a, b, scale):
    """dx, through the frozen weights and through the adapter."""
    return (rows(dout) @ w + scale * (rows(dout) @ b @ a)).reshape(x.shape)


def of_a(dout, x, b, scale):
    return scale * (rows(dout) @ b).T @ rows(x)


def of_b(dout, x, a, scale):
    return scale * rows(dout).T @ (rows(x) @ a.T)


@exercise.bug
def nothing_through_the_frozen_weights(dout, x, w, a, b, alpha):
    """dx goes through the adapter alone. Frozen weights get no gradient of their own, but the
    gradient passes through them to x: add `dout @ w`."""
    # "dx goes through the adapter alone": np.allclose(got.dx, alpha / len(a) * (dout @ b @ a))
    # "add `dout @ w`": dx, of_a → dx + dout @ w, of_a
    scale = alpha / len(a)
    dx = (scale * (rows(dout) @ b @ a)).reshape(x.shape)
    return dx, of_a(dout, x, b, scale), of_b(dout, x, a, scale)


@exercise.bug
def nothing_through_the_adapter(dout, x, w, a, b, alpha):
    """dx goes through the frozen weights alone. x feeds the adapter, too: add
    `alpha / len(a) * (dout @ b @ a)`."""
    # "dx goes through the frozen weights alone": np.allclose(got.dx, dout @ w)
    # "add `alpha / len(a) * (dout @ b @ a)`": dout @ w → dout @ w + alpha / len(a) * (dout @
    #     b @ a)
    dout, scale = as_float(dout), alpha / len(a)
    return dout @ w, of_a(dout, x, b, scale), of_b(dout, x, a, scale)


@exercise.bug
def adapter_in_dx_not_scaled(dout, x, w, a, b, alpha):
    """In dx the adapter's part lacks alpha / r. The forward pass multiplied it by that, so its
    gradient is, too."""
    # "In dx the adapter's part lacks alpha / r": np.allclose(got.dx, dout @ w + dout @ b @ a)
    # "The forward pass multiplied it by that, so its gradient is, too": w, a, b, 1) → w, a, b,
    #     scale)
    scale = alpha / len(a)
    return (
        through(dout, x, w, a, b, 1),
        of_a(dout, x, b, scale),
        of_b(dout, x, a, scale),
    )


@exercise.bug
def factors_not_scaled(dout, x, w, a, b, alpha):
    """da and db lack alpha / r. The forward pass multiplied the update by it, so each gradient of
    its factors is multiplied, too."""
    # "da and db lack alpha / r": np.allclose(alpha / len(a) * got.da, want.da) and
    #     np.allclose(alpha / len(a) * got.db, want.db)
    # "each gradient of its factors is multiplied, too": of_a(dout, x, b, 1), of_b(dout, x, a,
    #     1) → of_a(dout, x, b, alpha / len(a)), of_b(dout, x, a, alpha / len(a))
    dx = through(dout, x, w, a, b, alpha / len(a))
    return dx, of_a(dout, x, b, 1), of_b(dout, x, a, 1)


@exercise.bug
def nothing_scaled(dout, x, w, a, b, alpha):
    """alpha / r is missing in all three. The forward pass multiplied the update by it: start with
    `scale = alpha / len(a)`."""
    # "alpha / r is missing in all three": np.allclose(got.db, dout.T @ (x @ a.T)) and
    #     np.allclose(got.dx, dout @ w + dout @ b @ a)
    # "`scale = alpha / len(a)`": scale = 1 → scale = alpha / len(a)
    scale = 1
    return (
        through(dout, x, w, a, b, scale),
        of_a(dout, x, b, scale),
        of_b(dout, x, a, scale),
    )


@exercise.bug
def alpha_not_divided(dout, x, w, a, b, alpha):
    """The update counts alpha-fold, and not alpha / r. Divide by the rank: `alpha / len(a)`."""
    # "The update counts alpha-fold, and not alpha / r": np.allclose(got.db, len(a) * want.db)
    # "Divide by the rank: `alpha / len(a)`": scale = alpha → scale = alpha / len(a)
    scale = alpha
    return (
        through(dout, x, w, a, b, scale),
        of_a(dout, x, b, scale),
        of_b(dout, x, a, scale),
    )


@exercise.bug
def divided_by_the_root_of_the_rank(dout, x, w, a, b, alpha):
    """The update counts alpha / √r, as in rsLoRA. Here it is alpha / r."""
    # "The update counts alpha / √r, as in rsLoRA": np.allclose(got.db, len(a)**0.5 * want.db)
    # "Here it is alpha / r": len(a) ** 0.5 → len(a)
    scale = alpha / len(a) ** 0.5
    return (
        through(dout, x, w, a, b, scale),
        of_a(dout, x, b, scale),
        of_b(dout, x, a, scale),
    )


@exercise.bug(axis=(0, 1))
def divided_by_a_size_of_w(dout, x, w, a, b, alpha, axis=0):
    """alpha is divided by the number of outputs or of inputs. The rank is the first axis of A
    and the last of B: `len(a)` or `b.shape[1]`."""
    # "alpha is divided by the number of outputs or of inputs": any(np.allclose(got.db * size /
    #     len(a), want.db) for size in w.shape)
    # "`len(a)` or `b.shape[1]`": w.shape[axis] → (len(a) or b.shape[1])
    scale = alpha / w.shape[axis]
    return (
        through(dout, x, w, a, b, scale),
        of_a(dout, x, b, scale),
        of_b(dout, x, a, scale),
    )


@exercise.bug(of_b=(False, True))
def rank_at_most_a_size(dout, x, w, a, b, alpha, of_b=False):
    """The rank is taken for the smaller size of a factor. It may exceed the other size: it is the
    first axis of A, `len(a)`."""
    # "The rank is taken for the smaller size of a factor": np.allclose(got.db, alpha /
    #     min(a.shape) * (rows(dout).T @ (rows(x) @ a.T)))
    # "it is the first axis of A, `len(a)`": alpha / rank → alpha / len(a)
    rank = min(b.shape if of_b else a.shape)
    scale = alpha / rank
    return (
        through(dout, x, w, a, b, scale),
        of_a(dout, x, b, scale),
        scale * rows(dout).T @ (rows(x) @ a.T),
    )


@exercise.bug
def whole_division(dout, x, w, a, b, alpha):
    """alpha // r cuts the fraction off: an alpha below r leaves no update. Divide by `/`."""
    # "alpha // r cuts the fraction off": np.allclose(got.db, np.floor(alpha / len(a)) *
    #     (rows(dout).T @ (rows(x) @ a.T)))
    # "an alpha below r leaves no update": not bug(dout, x, w, a, b, len(a) / 2)[1].any()
    # "Divide by `/`": // → /
    scale = alpha // len(a)
    return (
        through(dout, x, w, a, b, scale),
        of_a(dout, x, b, scale),
        of_b(dout, x, a, scale),
    )


@exercise.bug
def scaled_twice(dout, x, w, a, b, alpha):
    """da is multiplied by alpha / r twice: the gradient at the r numbers between the factors holds
    it already. Multiply once."""
    # "da is multiplied by alpha / r twice": np.allclose(got.da, alpha / len(a) * want.da)
    # "Multiply once": scale * of_a → of_a
    scale = alpha / len(a)
    dx = through(dout, x, w, a, b, scale)
    return dx, scale * of_a(dout, x, b, scale), of_b(dout, x, a, scale)


@exercise.bug
def averaged_twice(dout, x, w, a, b, alpha):
    """da and db are divided by the number of examples, but the 1/N belongs to the loss and is in
    `dout` already. Leave it out of the layer."""
    # "da and db are divided by the number of examples": np.allclose(len(dout) * got.da,
    #     want.da) and np.allclose(len(dout) * got.db, want.db)
    # "Leave it out of the layer":  / len(rows(dout)) →
    scale = alpha / len(a)
    da, db = of_a(dout, x, b, scale), of_b(dout, x, a, scale)
    return through(dout, x, w, a, b, scale), da / len(rows(dout)), db / len(rows(dout))


@exercise.bug(which=((1,), (2,), (1, 2)))
def factors_transposed(dout, x, w, a, b, alpha, which=(1, 2)):
    """A gradient of a factor comes out transposed. It must have the shape of the factor: (r, in)
    for A and (out, r) for B."""
    # "A gradient of a factor comes out transposed": np.array_equal(got.da, want.da.T) or
    #     np.array_equal(got.db, want.db.T)
    # "It must have the shape of the factor": found[each].T → found[each]
    scale = alpha / len(a)
    found = [
        through(dout, x, w, a, b, scale),
        of_a(dout, x, b, scale),
        of_b(dout, x, a, scale),
    ]
    for each in which:
        found[each] = found[each].T
    return tuple(found)


@exercise.bug
def gradient_of_the_frozen_weights_too(dout, x, w, a, b, alpha):
    """A gradient of W comes out, too, which nothing needs: W is frozen, and that array is as large
    as W. Return (dx, da, db)."""
    # "A gradient of W comes out, too": len(bug(dout, x, w, a, b, alpha)) == 4
    # "Return (dx, da, db)": , rows(dout).T @ rows(x) →
    scale = alpha / len(a)
    dx, da = through(dout, x, w, a, b, scale), of_a(dout, x, b, scale)
    return dx, da, of_b(dout, x, a, scale), rows(dout).T @ rows(x)
