"""Practice for question 31: SwiGLU, the feed-forward layer of Llama."""

import math

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.swiglu import sigmoid, swiglu

exercise = Exercise(
    swiglu,
    page="31-gpt2-to-llama",
    hints=(
        "There are three products. Two of them begin at x: which of these passes through the "
        "nonlinear function?",
        "swish(z) is z times its sigmoid: far below 0 it is nearly 0, and far above nearly z.",
        "Two hidden arrays of one shape are multiplied entry by entry, then projected back.",
        "exp of a large number is infinite, and infinity over infinity is nan. In which form of "
        "the sigmoid does exp stand below the line only?",
    ),
)

rng = np.random.default_rng(31)


def layer(*shape, hidden=7, d_out=5):
    d = shape[-1]
    sizes = shape, (d, hidden), (d, hidden), (hidden, d_out)
    return [rng.normal(size=size) for size in sizes]


one = np.ones((1, 1))
exercise.case("one number, and a gate of 2", one, 2 * one, 3 * one, one)
exercise.case("one number, and a gate of -2", one, -2 * one, 3 * one, one)
exercise.case("one row", *layer(1, 3))
exercise.case("4 rows of 3 features", *layer(4, 3))
exercise.case("sizes that are all 3", *layer(3, 3, hidden=3, d_out=3))
exercise.case("a vector", *layer(3))
exercise.case("two leading axes", *layer(2, 4, 3, d_out=3))
exercise.case("three leading axes", *layer(2, 2, 4, 3))
add_whole_numbers(exercise, *(np.rint(2 * a) for a in layer(4, 3)))
exercise.case("float32", *(a.astype(np.float32) for a in layer(2, 4, 3)))
exercise.case(
    "a gate of 900", np.array([[3.0, 2.0]]), 300 * np.eye(2), *np.ones((2, 2, 2))
)
exercise.case(
    "a gate of -900", np.array([[3.0, 2.0]]), -300 * np.eye(2), *np.ones((2, 2, 2))
)
of_int32 = [[50_000, 3]], [[0], [1]], [[50_000], [1]], [[2, -1]]
exercise.case(
    "int32 of some 5e4", *(np.array(each, dtype=np.int32) for each in of_int32)
)


def both(x, w_gate, w_up):
    """The two hidden arrays."""
    x, w_gate, w_up = map(as_float, (x, w_gate, w_up))
    return x @ w_gate, x @ w_up


@exercise.bug
def gate_and_up_exchanged(x, w_gate, w_up, w_down):
    """The swish is taken of the product with w_up, and w_gate's is left linear. Gate and up have
    one shape, so that nothing complains: take the swish of x @ w_gate."""
    # "The swish is taken of the product with w_up, and w_gate's is left linear": np.allclose(got,
    #     right(x, w_up, w_gate, w_down))
    # "Gate and up have one shape, so that nothing complains": w_gate.shape == w_up.shape and
    #     got.shape == want.shape and not np.allclose(got, want)
    # "take the swish of x @ w_gate": gate * up * sigmoid(up) → gate * sigmoid(gate) * up
    gate, up = both(x, w_gate, w_up)
    return gate * up * sigmoid(up) @ w_down


@exercise.bug
def sigmoid_without_its_factor(x, w_gate, w_up, w_down):
    """The gate is the sigmoid alone: that is GLU, not SwiGLU. swish(z) is z * sigmoid(z)."""
    # "The gate is the sigmoid alone": np.allclose(got, sigmoid(x @ w_gate) * (x @ w_up) @ w_down)
    # "that is GLU, not SwiGLU": not np.allclose(got, want)
    # "swish(z) is z * sigmoid(z)": sigmoid(gate) → gate * sigmoid(gate)
    gate, up = both(x, w_gate, w_up)
    return sigmoid(gate) * up @ w_down


@exercise.bug
def no_gate(x, w_gate, w_up, w_down):
    """The product with w_up is missing, so this is a plain layer of two matrices. Multiply the
    swish by x @ w_up."""
    # "The product with w_up is missing, so this is a plain layer of two matrices": np.allclose(got,
    #     bug(x, w_gate, 9 * w_up, w_down))
    # "Multiply the swish by x @ w_up": gate, _ = → gate, up =; sigmoid(gate) → sigmoid(gate) * up
    gate, _ = both(x, w_gate, w_up)
    return gate * sigmoid(gate) @ w_down


@exercise.bug
def added(x, w_gate, w_up, w_down):
    """Gate and up are added: nothing is gated. Multiply them entry by entry."""
    # "Gate and up are added: nothing is gated": np.allclose(got, (np.add(x @ w_gate * sigmoid(x @
    #     w_gate), x @ w_up)) @ w_down)
    # "Multiply them entry by entry": (gate * sigmoid(gate) + up) → (gate * sigmoid(gate) * up)
    gate, up = both(x, w_gate, w_up)
    return (gate * sigmoid(gate) + up) @ w_down


@exercise.bug
def swish_of_the_product(x, w_gate, w_up, w_down):
    """The swish is taken of gate times up. Only the gate passes through it; multiply by up
    afterwards."""
    # "The swish is taken of gate times up": np.allclose(got, (h := (x @ w_gate) * (x @ w_up)) *
    #     sigmoid(h) @ w_down)
    # "Only the gate passes through it; multiply by up afterwards": sigmoid(gate * up) →
    #     sigmoid(gate)
    gate, up = both(x, w_gate, w_up)
    return gate * up * sigmoid(gate * up) @ w_down


@exercise.bug
def swish_of_both(x, w_gate, w_up, w_down):
    """The swish is taken of both products. The one with w_up stays linear."""
    # "The swish is taken of both products": np.allclose(got, np.prod([z * sigmoid(z) for z in (x @
    #     w_gate, x @ w_up)], axis=0) @ w_down)
    # "The one with w_up stays linear": up * sigmoid(up) → up
    gate, up = both(x, w_gate, w_up)
    return gate * sigmoid(gate) * (up * sigmoid(up)) @ w_down


@exercise.bug(
    curve=(
        *("relu", "gelu", "exact", "quick", "tanh", "twice", "hard", "softplus"),
        "cut",
    )
)
def another_activation(x, w_gate, w_up, w_down, curve="relu"):
    """The gate passes through another curve: ReLU's layer is ReGLU, GELU's GEGLU. Here it is
    z * sigmoid(z)."""
    # "The gate passes through another curve: ReLU's layer is ReGLU, GELU's GEGLU": np.allclose(got,
    #     np.maximum(x @ w_gate, 0) * (x @ w_up) @ w_down)
    # "Here it is z * sigmoid(z)": ACTIVATIONS[curve](gate) → gate * sigmoid(gate)
    gate, up = both(x, w_gate, w_up)
    return ACTIVATIONS[curve](gate) * up @ w_down


ACTIVATIONS = {
    "relu": lambda z: np.maximum(z, 0),
    "gelu": lambda z: z * (1 + np.tanh(0.7978845608 * (z + 0.044715 * z**3))) / 2,
    "exact": lambda z: z * (1 + np.vectorize(math.erf)(z / math.sqrt(2))) / 2,
    "quick": lambda z: z * sigmoid(1.702 * z),
    "tanh": np.tanh,
    "twice": lambda z: z * sigmoid(2 * z),
    "softplus": lambda z: np.logaddexp(0, z),
    "hard": lambda z: z * np.clip(z / 6 + 0.5, 0, 1),
    "cut": lambda z: np.maximum(z, 0) * sigmoid(z),
}


@exercise.bug
def sigmoid_turned(x, w_gate, w_up, w_down):
    """The sigmoid has the wrong sign, 1 / (1 + exp(z)): the gate is shut where it should be open.
    Write exp(-z)."""
    # "The sigmoid has the wrong sign, 1 / (1 + exp(z)): the gate is shut where it should be open":
    #     np.allclose(got, (x @ w_gate) / (1 + np.exp(x @ w_gate)) * (x @ w_up) @ w_down)
    # "Write exp(-z)": sigmoid(-gate) → sigmoid(gate)
    gate, up = both(x, w_gate, w_up)
    return gate * sigmoid(-gate) * up @ w_down


@exercise.bug
def infinity_over_infinity(x, w_gate, w_up, w_down):
    """exp(z) / (1 + exp(z)) is infinity over infinity where the gate is large. Write
    1 / (1 + exp(-z)), which only divides by infinity."""
    # "exp(z) / (1 + exp(z)) is infinity over infinity where the gate is large": np.isnan(got).any()
    # "Write 1 / (1 + exp(-z)), which only divides by infinity": np.exp(gate) / (1 + np.exp(gate)) →
    #     1 / (1 + np.exp(-gate))
    gate, up = both(x, w_gate, w_up)
    return gate * (np.exp(gate) / (1 + np.exp(gate))) * up @ w_down


@exercise.bug
def infinity_and_integers_that_wrap(x, w_gate, w_up, w_down):
    """exp(z) / (1 + exp(z)) is infinity over infinity where the gate is large, and products of
    int32 wrap around. Write 1 / (1 + exp(-z)), and make floats of integers first."""
    # "exp(z) / (1 + exp(z)) is infinity over infinity where the gate is large":
    #     np.isnan(bug(np.array([[3.0]]), np.array([[300.0]]), np.eye(1), np.eye(1))).all()
    # "and products of int32 wrap around": (bug(*(np.array(m, np.int32) for m in of_int32)) *
    #     right(*(np.array(m, np.int32) for m in of_int32)) < 0).all()
    # "Write 1 / (1 + exp(-z)), and make floats of integers first": np.exp(gate) / (1 +
    #     np.exp(gate)) → 1 / (1 + np.exp(-gate)); (x @ w_gate, x @ w_up) → both(x, w_gate, w_up)
    gate, up = (x @ w_gate, x @ w_up)
    return gate * (np.exp(gate) / (1 + np.exp(gate))) * up @ w_down


@exercise.bug
def normalised_over_the_hidden_axis(x, w_gate, w_up, w_down):
    """The gate is a softmax over the hidden features. Each feature has a sigmoid of its own, and
    they need not sum to 1."""
    # "The gate is a softmax over the hidden features": np.allclose(bug(np.eye(2), np.ones((2, 4)),
    #     np.ones((2, 4)), np.ones((4, 1))), 1)
    # "Each feature has a sigmoid of its own, and they need not sum to 1": powers /
    #     powers.sum(axis=-1, keepdims=True) → sigmoid(gate)
    gate, up = both(x, w_gate, w_up)
    powers = np.exp(gate - gate.max(axis=-1, keepdims=True))
    return gate * (powers / powers.sum(axis=-1, keepdims=True)) * up @ w_down


@exercise.bug
def sigmoid_of_the_other(x, w_gate, w_up, w_down):
    """The sigmoid is taken of x @ w_up, and multiplies the gate. Swish takes one number twice:
    gate * sigmoid(gate)."""
    # "The sigmoid is taken of x @ w_up, and multiplies the gate": np.allclose(got, (x @ w_gate) *
    #     sigmoid(x @ w_up) @ w_down)
    # "Swish takes one number twice: gate * sigmoid(gate)": sigmoid(up) → sigmoid(gate) * up
    gate, up = both(x, w_gate, w_up)
    return gate * sigmoid(up) @ w_down


@exercise.bug(divided=(True, False))
def sigmoid_of_the_size(x, w_gate, w_up, w_down, divided=True):
    """With e = exp(-|z|) the sigmoid has two cases, and below 0 yours is 1 / (1 + e), as above 0,
    or e alone. There it is e / (1 + e)."""
    # "With e = exp(-|z|) the sigmoid has two cases, and below 0 yours is 1 / (1 + e), as above 0,
    #     or e alone": np.allclose(got, (x @ w_gate) * (sigmoid(abs(x @ w_gate)) if
    #     bug.keywords.get("divided", True) else np.exp(-abs(x @ w_gate))) * (x @ w_up) @ w_down)
    #     and (x @ w_gate < 0).all()
    # "There it is e / (1 + e)": below, 1 / (1 + e) → e / (1 + e), 1 / (1 + e)
    gate, up = both(x, w_gate, w_up)
    e = np.exp(-abs(gate))
    below = 1 / (1 + e) if divided else e
    return gate * np.where(gate < 0, below, 1 / (1 + e)) * up @ w_down


@exercise.bug
def swish_before_the_product(x, w_gate, w_up, w_down):
    """The swish is taken of x, before the product with w_gate. Multiply first, then take the swish
    of x @ w_gate."""
    # "The swish is taken of x, before the product with w_gate": np.allclose(got, (x * sigmoid(x) @
    #     w_gate) * (x @ w_up) @ w_down)
    # "Multiply first, then take the swish of x @ w_gate": _, up → gate, up; x * sigmoid(x) @ w_gate
    #     → gate * sigmoid(gate)
    _, up = both(x, w_gate, w_up)
    x = as_float(x)
    return (x * sigmoid(x) @ w_gate) * up @ w_down


@exercise.bug(most=(20, 15, 10, 3))
def sigmoid_above_0(x, w_gate, w_up, w_down, most=20):
    """The number whose sigmoid is taken is clipped, so that far below 0 the sigmoid stays above
    it. Clip beyond 40, or not at all."""
    # "The number whose sigmoid is taken is clipped, so that far below 0 the sigmoid stays above
    #     it": (abs(got) > 1e-9).all() and (abs(want) < 1e-9).all()
    # "Clip beyond 40, or not at all": most, most → 50, 50
    gate, up = both(x, w_gate, w_up)
    return gate * sigmoid(np.clip(gate, -most, most)) * up @ w_down


@exercise.bug(which=(0, 1, 2))
def square_weight_transposed(x, w_gate, w_up, w_down, which=0):
    """A weight is multiplied transposed where it is square. Here weights are (in, out), unlike
    PyTorch's: multiply by each as it is."""
    # "A weight is multiplied transposed where it is square": np.allclose(got, right(x, w_gate.T,
    #     w_up, w_down))
    # "multiply by each as it is": weight.T → weight
    weights = [w_gate, w_up, w_down]
    weight = weights[which]
    if weight.shape[0] == weight.shape[1]:
        weights[which] = weight.T
    gate, up = both(x, *weights[:2])
    return gate * sigmoid(gate) * up @ weights[2]


@exercise.bug
def input_added(x, w_gate, w_up, w_down):
    """x is added to the output where its size allows that. The residual stream is no part of the
    layer: leave it out."""
    # "x is added to the output where its size allows that": np.allclose(got, want + x)
    # "leave it out": fits * x → 0
    gate, up = both(x, w_gate, w_up)
    fits = x.shape[-1] == w_down.shape[1]
    if not fits:
        return gate * sigmoid(gate) * up @ w_down
    return gate * sigmoid(gate) * up @ w_down + fits * x


@exercise.bug(most=(20, 30, 50, 80, 100, 500))
def gate_clipped(x, w_gate, w_up, w_down, most=80):
    """The gate is clipped, so that a large one counts as less. Leave the factor before the sigmoid
    as it is."""
    # "The gate is clipped, so that a large one counts as less": (abs(got) < abs(want)).all()
    # "Leave the factor before the sigmoid as it is": np.clip(gate, -most, most) → gate
    gate, up = both(x, w_gate, w_up)
    clipped = np.clip(gate, -most, most)
    return clipped * sigmoid(clipped) * up @ w_down


@exercise.bug
def sigmoid_alone_below_0(x, w_gate, w_up, w_down):
    """Below 0 the stable form is the sigmoid alone, without its factor z. With e = exp(-|z|) the
    swish is z e / (1 + e) there."""
    # "Below 0 the stable form is the sigmoid alone, without its factor z": np.allclose(got,
    #     sigmoid(x @ w_gate) * (x @ w_up) @ w_down) and (x @ w_gate < 0).all()
    # "With e = exp(-|z|) the swish is z e / (1 + e) there": e / (1 + e)) → gate * e / (1 + e))
    gate, up = both(x, w_gate, w_up)
    e = np.exp(-abs(gate))
    return np.where(gate >= 0, gate / (1 + e), e / (1 + e)) * up @ w_down
