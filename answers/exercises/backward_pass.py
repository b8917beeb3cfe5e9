"""Practice for question 4: every gradient of a small graph, in one sweep backwards."""

import collections
import itertools
import sys

import numpy as np

from answers.grader.exercise import Exercise
from answers.networks.broadcasting import unbroadcast
from answers.networks.expression_graph import (
    backward_pass,
    topological_order,
    vjp,
)

exercise = Exercise(
    backward_pass,
    page="04-backpropagation-theory",
    hints=(
        "What does each operation send back to each of its inputs, given the gradient g of its "
        "result? Write the five down with their shapes before any loop.",
        "A name that is used twice gets a gradient from each use, and they add up: start "
        "every gradient at zeros in the shape of its value, and the output's at ones.",
        "A name may pass its gradient on only when it is complete: when all names that use it "
        "have been visited. A depth-first search that appends a name after its inputs gives "
        "that order, backwards.",
        "If the input was broadcast, sum what you send back over the axes that are new or had "
        "size 1, until it has the input's shape.",
    ),
)

NUMPYS = {"add": np.add, "multiply": np.multiply, "matmul": np.matmul}
NUMPYS |= {"exp": np.exp, "sum": np.sum}


def example(seed, graph, output, **leaves):
    """The arguments of a case; a leaf is given by its shape, or as an array."""
    rng = np.random.default_rng(seed)
    values = {}
    for name, leaf in leaves.items():
        drawn = rng.normal(size=leaf) if isinstance(leaf, tuple) else leaf
        values[name] = np.round(drawn, 2) if isinstance(leaf, tuple) else drawn
    order = topological_order(output, lambda name: graph.get(name, ("leaf",))[1:])
    for name in [*order, *graph]:
        if name not in values:
            operation, *inputs = graph[name]
            value = NUMPYS[operation](*(values[each] for each in inputs))
            values[name] = np.asarray(value)
    return graph, values, output


summed = {"loss": ("sum", "a")}
exercise.case("a sum", *example(1, summed, "loss", a=(3,)))
multiplied = {"y": ("multiply", "a", "b"), "loss": ("sum", "y")}
exercise.case("a product", *example(2, multiplied, "loss", a=(3,), b=(3,)))
raised = {"y": ("exp", "a"), "loss": ("sum", "y")}
exercise.case("an exponential", *example(3, raised, "loss", a=(3,)))
chained = {
    "u": ("exp", "a"),
    "v": ("multiply", "u", "b"),
    "w": ("exp", "v"),
    "loss": ("sum", "w"),
}
exercise.case("a chain", *example(4, chained, "loss", a=(2,), b=(2,)))
scaled = {"total": ("sum", "a"), "loss": ("multiply", "total", "b")}
exercise.case("a sum, used further", *example(19, scaled, "loss", a=(3,), b=()))
weighted = {
    "y": ("matmul", "x", "w"),
    "scored": ("multiply", "y", "c"),
    "loss": ("sum", "scored"),
}
exercise.case(
    "a matrix product", *example(5, weighted, "loss", x=(4, 3), w=(3, 2), c=(4, 2))
)
exercise.case(
    "square matrices", *example(6, weighted, "loss", x=(2, 2), w=(2, 2), c=(2, 2))
)
biased = {
    "y": ("add", "x", "b"),
    "scored": ("multiply", "y", "c"),
    "loss": ("sum", "scored"),
}
exercise.case(
    "a bias added to every row", *example(7, biased, "loss", x=(4, 3), b=(3,), c=(4, 3))
)
exercise.case(
    "a column beside a matrix",
    *example(8, multiplied, "loss", a=(4, 1), b=(4, 3)),
)
exercise.case(
    "a number, and axes of size 1",
    *example(9, biased, "loss", x=(), b=(1, 3), c=(2, 1, 3)),
)
exercise.case(
    "one name in both places",
    *example(
        10, {"y": ("multiply", "a", "a"), "loss": ("sum", "y")}, "loss", a=np.array(3.0)
    ),
)
shared = {
    "u": ("multiply", "a", "b"),
    "v": ("multiply", "a", "c"),
    "loss": ("add", "u", "v"),
}
exercise.case("a value with two uses", *example(11, shared, "loss", a=(), b=(), c=()))
residual = {"u": ("exp", "a"), "y": ("add", "a", "u"), "loss": ("sum", "y")}
exercise.case("a residual connection", *example(18, residual, "loss", a=(2,)))
uneven = {
    "loss": ("multiply", "u", "y"),
    "y": ("add", "v", "u"),
    "v": ("multiply", "u", "w"),
    "w": ("exp", "u"),
    "u": ("multiply", "a", "b"),
}
start = {"a": np.array(1.2), "b": np.array(-0.7)}
exercise.case(
    "uneven paths, from the output",
    *example(12, uneven, "loss", **start),
)
exercise.case(
    "uneven paths, from the inputs",
    *example(12, dict(reversed(uneven.items())), "loss", **start),
)
exercise.case(
    "uneven paths, by name",
    *example(12, dict(sorted(uneven.items())), "loss", **start),
)
exercise.case(
    "a name that does not matter",
    *example(
        13,
        {"other": ("multiply", "y", "c"), "y": ("exp", "a"), "loss": ("sum", "y")},
        "loss",
        a=(2,),
        c=(2,),
    ),
)
of_two = {"z": ("exp", "y"), "y": ("multiply", "a", "b")}
exercise.case(
    "an output that other names use", *example(20, of_two, "y", a=(2,), b=(2,))
)
unused = {"y": ("multiply", "a", "b")}
exercise.case("an output that is a leaf", *example(20, unused, "b", a=(2,), b=(2,)))
for operation in ("add", "matmul"):
    own = {
        "y": (operation, "a", "a"),
        "w": ("multiply", "y", "c"),
        "loss": ("sum", "w"),
    }
    exercise.case(
        f"{operation} of a matrix and itself",
        *example(21, own, "loss", a=(2, 2), c=(2, 2)),
    )
# Here and there a name is complete only after another, whichever is visited first.
twice = {
    "loss": ("add", "left", "right"),
    "left": ("add", "b b", "exp b c"),
    "right": ("add", "exp d e", "d d"),
    "b b": ("multiply", "b", "b"),
    "exp b c": ("exp", "b c"),
    "b c": ("multiply", "b", "c"),
    "d d": ("multiply", "d", "d"),
    "exp d e": ("exp", "d e"),
    "d e": ("multiply", "d", "e"),
    "b": ("exp", "p"),
    "d": ("exp", "q"),
}
exercise.case(
    "two names with two uses, one of them double",
    *example(22, twice, "loss", c=(), e=(), p=(), q=()),
)
exercise.case(
    "an output that is an array",
    *example(14, {"y": ("multiply", "a", "b")}, "y", a=(2, 3), b=(3,)),
)
layers = {
    "loss": ("sum", "scored"),
    "scored": ("multiply", "out", "c"),
    "out": ("add", "mixed", "z"),
    "mixed": ("matmul", "hidden", "w"),
    "hidden": ("exp", "z"),
    "z": ("add", "x w", "b"),
    "x w": ("matmul", "x", "w"),
}
exercise.case(
    "two layers with shared weights",
    *example(15, layers, "loss", x=(4, 3), w=(3, 3), b=(3,), c=(4, 3)),
)
exercise.case(
    "integers", *example(16, multiplied, "loss", a=np.array([2, 3]), b=np.array([5, 7]))
)
exercise.case(
    "integers beside fractions",
    *example(16, multiplied, "loss", a=np.array([2, 3]), b=np.array([0.25, 0.7])),
)
small = np.array([0.3, -1.1], np.float32)
exercise.case("float32", *example(17, chained, "loss", a=small, b=2 * small))


@exercise.check
def visits_each_name_once(backward_pass):
    """Where values in a row are each used twice, every one more doubles its work: it walks each
    path on its own. Visit each name once, when its gradient is complete."""
    # Calls that any graph needs drop out where two differences are compared.
    few, some, many = (calls(backward_pass, names) for names in (2, 5, 8))
    return many - some < 4 * (some - few)


def calls(backward_pass, squarings):
    """How many functions it calls for a number that is squared so many times."""
    names = [f"x{n}" for n in range(squarings + 1)]
    graph = {y: ("multiply", x, x) for x, y in itertools.pairwise(names)}
    values, count, before = {x: np.array(1.0) for x in names}, 0, sys.getprofile()

    def profile(frame, event, function):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        backward_pass(graph, values, names[-1])
    finally:
        sys.setprofile(before)
    return count


def pass_back(
    graph,
    values,
    output,
    order=None,
    send=vjp,
    fit=unbroadcast,
    add=np.add,
    start=np.ones_like,
    skip=False,
):
    """The reference, in parts that a mistake replaces."""
    names = topological_order(output, lambda name: graph.get(name, ("leaf",))[1:])
    values = {name: np.asarray(values[name], float) for name in names}
    gradients = {output: start(values[output])}
    for name in names[::-1] if order is None else order:
        if name in graph and name in (gradients if skip else values):
            operation, *inputs = graph[name]
            g = gradients.get(name, np.zeros(values[name].shape))
            arrays = [values[each] for each in (name, *inputs)]
            parts = send(operation, g, *arrays)
            for each, part in zip(inputs, parts, strict=True):
                part = fit(np.asarray(part), values[each].shape)
                old = gradients.get(each)
                gradients[each] = np.asarray(part if old is None else add(old, part))
    zeros = {name: np.zeros(value.shape) for name, value in values.items()}
    return gradients if skip else {**zeros, **gradients}


def sending(other):
    """`vjp`, but for the operations for which `other` has something else to send."""

    def send(operation, g, y, *inputs):
        parts = other(operation, g, y, *inputs)
        return vjp(operation, g, y, *inputs) if parts is None else parts

    return send


@exercise.bug
def output_without_gradient(graph, values, output):
    """All gradients are 0, because that of the output is. Start it at ones: the derivative of
    the output by itself is 1."""
    # "All gradients are 0, because that of the output is": not any(np.any(each) for each in
    #     got.values())
    # "Start it at ones: the derivative of the output by itself is 1": np.zeros_like →
    #     np.ones_like
    return pass_back(graph, values, output, start=np.zeros_like)


@exercise.bug
def output_starts_with_its_value(graph, values, output):
    """The gradient of the output starts as its value, so all others are that times too large.
    Start it at ones: the derivative of the output by itself."""
    # "The gradient of the output starts as its value, so all others are that times too large":
    #     np.allclose(got["a"], values["loss"] * want["a"])
    # "Start it at ones: the derivative of the output by itself": np.copy → np.ones_like
    return pass_back(graph, values, output, start=np.copy)


@exercise.bug
def gradient_of_the_mean(graph, values, output):
    """The gradient of the output starts as 1/size, as for the mean of its entries. Differentiated
    is their sum: start it at ones."""
    # "The gradient of the output starts as 1/size, as for the mean of its entries":
    #     np.allclose(got["y"], 1 / values["y"].size)
    # "Differentiated is their sum: start it at ones": 1 / y.size → 1.0

    def shared(y):
        return np.full(y.shape, 1 / y.size)

    return pass_back(graph, values, output, start=shared)


def fit_what_is_larger(part, shape):
    return unbroadcast(part, shape) if part.ndim >= len(shape) else part


def fit_into_zeros(part, shape):
    return np.zeros(shape) + fit_what_is_larger(part, shape)


@exercise.bug(fit=(fit_what_is_larger, fit_into_zeros))
def output_taken_for_a_number(graph, values, output, fit=None):
    """The output's gradient is one number, though the output may be an array. Start it at ones
    in the output's shape."""
    # "The output's gradient is one number, though the output may be an array":
    #     np.ndim(got["y"]) == 0 < np.ndim(values["y"])
    # "Start it at ones in the output's shape": np.ones(()) → np.ones(y.shape)

    def number(y):
        return np.ones(())

    return pass_back(graph, values, output, fit=fit, start=number)


@exercise.bug
def sum_not_spread(graph, values, output):
    """The gradient of a sum's input is still one number. Every entry of the input has slope 1,
    so each gets that number: `np.broadcast_to(g, a.shape)`."""
    # "The gradient of a sum's input is still one number": np.ndim(got["a"]) == 0
    # "Every entry of the input has slope 1, so each gets that number: `np.broadcast_to(g,
    #     a.shape)`": (g,) → ((lambda a: np.broadcast_to(g, a.shape))(*inputs),)

    def number(operation, g, y, *inputs):
        return (g,) if operation == "sum" else None

    send = sending(number)
    return pass_back(graph, values, output, send=send, fit=fit_what_is_larger)


@exercise.bug
def sum_taken_for_a_mean(graph, values, output):
    """The gradient of a sum's input is divided by the number of its entries, which is that of a
    mean. In a sum every entry has slope 1."""
    # "The gradient of a sum's input is divided by the number of its entries":
    #     np.allclose(got["a"], want["a"] / values["a"].size)
    # "In a sum every entry has slope 1": g / inputs[0].size → g * 1

    def shared(operation, g, y, *inputs):
        whole = operation == "sum"
        return (np.full(inputs[0].shape, g / inputs[0].size),) if whole else None

    return pass_back(graph, values, output, send=sending(shared))


@exercise.bug
def second_factor_without_gradient(graph, values, output):
    """Only the first factor of a product gets a gradient. Each gets that of the product times the
    other factor."""
    # "Only the first factor of a product gets a gradient": got["a"].all() and not
    #     got["b"].any()
    # "Each gets that of the product times the other factor": 0 * g → g * inputs[0]

    def first(operation, g, y, *inputs):
        return (g * inputs[1], 0 * g) if operation == "multiply" else None

    return pass_back(graph, values, output, send=sending(first))


@exercise.bug(
    missing=(("multiply", "exp", "matmul", "sum"), ("multiply",), ("exp",), ("sum",))
)
def local_slope_alone(graph, values, output, missing=()):
    """The local slope is sent back as it is. The chain rule multiplies it by the gradient of
    the result: `g * b`, not `b`."""
    # "The chain rule multiplies it by the gradient of the result": np.ones_like(g) →
    #     np.asarray(np.ones_like(g) * g)
    # "`g * b`, not `b`": np.ones_like(g), y → (lambda g, b: np.asarray(g * b))(g,
    #     np.ones_like(g)), y

    def slope(operation, g, y, *inputs):
        if operation in missing:
            return vjp(operation, np.ones_like(g), y, *inputs)

    return pass_back(graph, values, output, send=sending(slope))


@exercise.bug
def own_factor(graph, values, output):
    """A factor of a product gets its own value as slope. The slope of a b with respect to a is b:
    send `g * b` to a, and `g * a` to b."""
    # "A factor of a product gets its own value as slope": np.allclose(got["a"], values["a"])
    # "send `g * b` to a, and `g * a` to b": [g * each for each in inputs] → (lambda a, b: [g *
    #     b, g * a])(*inputs)

    def own(operation, g, y, *inputs):
        return [g * each for each in inputs] if operation == "multiply" else None

    return pass_back(graph, values, output, send=sending(own))


@exercise.bug
def exp_without_slope(graph, values, output):
    """exp sends its gradient back unchanged, but its slope is exp itself. Send back `g * y`,
    with y the value of the result."""
    # "exp sends its gradient back unchanged": np.array_equal(got["a"], got["y"])
    # "Send back `g * y`, with y the value of the result": (g,) → (g * y,)

    def unchanged(operation, g, y, *inputs):
        return (g,) if operation == "exp" else None

    return pass_back(graph, values, output, send=sending(unchanged))


@exercise.bug(slope=(lambda y, a: a, lambda y, a: np.exp(y)))
def exp_of_the_wrong_array(graph, values, output, slope=None):
    """The slope of exp is taken from the wrong array. It is exp of the input, and that is the
    value of the result: `g * y`."""
    # "The slope of exp is taken from the wrong array": np.allclose(got["a"], values["a"])
    # "It is exp of the input, and that is the value of the result: `g * y`": g * slope(y,
    #     *inputs) → g * y

    def other(operation, g, y, *inputs):
        return (g * slope(y, *inputs),) if operation == "exp" else None

    return pass_back(graph, values, output, send=sending(other))


@exercise.bug(side=("left", "right", "both"))
def matrices_not_transposed(graph, values, output, side="both"):
    """A gradient goes back through a matrix product untransposed, which only square matrices
    allow. Send back `g @ b.T` and `a.T @ g`: if all sizes differ, no other product fits."""
    # "A gradient goes back through a matrix product untransposed, which only square matrices
    #     allow": isinstance(got, ValueError)
    # "Send back `g @ b.T` and `a.T @ g`": g @ b.T if side == 'right' else g @ b → g @ b.T; a.T
    #     @ g if side == 'left' else a @ g → a.T @ g
    # "if all sizes differ, no other product fits": isinstance(got, ValueError) and
    #     values["x"].shape != values["w"].shape

    def as_they_are(operation, g, y, *inputs):
        if operation == "matmul":
            a, b = inputs
            left = g @ b.T if side == "right" else g @ b
            return left, a.T @ g if side == "left" else a @ g

    return pass_back(graph, values, output, send=sending(as_they_are))


@exercise.bug(side=("both", "left", "right"))
def matrices_on_the_wrong_side(graph, values, output, side="both"):
    """The factors of a matrix product stand in the wrong order. Send back `g @ b.T` and
    `a.T @ g`: the gradient takes the place of the input that it is for."""
    # "The factors of a matrix product stand in the wrong order. Send back `g @ b.T` and `a.T @
    #     g`": b.T @ g if side != 'right' else g @ b.T → g @ b.T; g @ a.T if side != 'left' else
    #     a.T @ g → a.T @ g

    def swapped(operation, g, y, *inputs):
        if operation == "matmul":
            a, b = inputs
            left = b.T @ g if side != "right" else g @ b.T
            return left, g @ a.T if side != "left" else a.T @ g

    def fit(part, shape):
        try:
            return unbroadcast(part, shape)
        except ValueError:
            return part

    return pass_back(graph, values, output, send=sending(swapped), fit=fit)


@exercise.bug
def broadcast_not_summed(graph, values, output):
    """The gradient of what was broadcast has the shape of the result. An entry that was used
    many times collects from each use: sum over the axes that were stretched."""
    # "The gradient of what was broadcast has the shape of the result": got["b"].shape ==
    #     got["y"].shape
    # "An entry that was used many times collects from each use: sum over the axes that were
    #     stretched": shape: part → shape: unbroadcast(part, shape)
    return pass_back(graph, values, output, fit=lambda part, shape: part)


@exercise.bug(
    operations=(("add",), ("multiply",)), places=((True, False), (False, True))
)
def summed_in_some_places(
    graph, values, output, operations=("add", "multiply"), places=(True, True)
):
    """The gradient of what was broadcast is summed in one operation alone, or in one place of it.
    Both inputs of `add` and of `multiply` may be broadcast: sum for each."""
    # "The gradient of what was broadcast is summed in one operation alone, or in one place of it":
    #     got["a"].shape == got["y"].shape != values["a"].shape
    # "Both inputs of `add` and of `multiply` may be broadcast: sum for each": operation in
    #     operations → operation in ('add', 'multiply'); zip(parts, inputs, places, strict=True) →
    #     zip(parts, inputs, (True, True))

    def some(operation, g, y, *inputs):
        parts = vjp(operation, g, y, *inputs)
        if operation in operations:
            return [
                unbroadcast(np.asarray(part), each.shape) if here else part
                for part, each, here in zip(parts, inputs, places, strict=True)
            ]
        return parts

    return pass_back(graph, values, output, send=some, fit=lambda part, shape: part)


@exercise.bug
def only_new_axes_summed(graph, values, output):
    """Gradients are summed over the axes that broadcasting put in front, but not over those of
    size 1 that it stretched. Sum these as well, with `keepdims=True`."""
    # "but not over those of size 1 that it stretched": got["a"].shape == got["y"].shape
    # "Sum these as well, with `keepdims=True`": part.sum(axis=tuple(range(part.ndim -
    #     len(shape)))) → part.sum(axis=tuple(range(part.ndim - len(shape)))).sum(axis=tuple((i for
    #     i, n in enumerate(shape) if n == 1)), keepdims=True)
    # "Gradients are summed over the axes that broadcasting put in front": (lambda g:
    #     g["b"].shape)(bug({"y": ("multiply", "a", "b"), "loss": ("sum", "y")}, {"a": np.ones((4,
    #     3)), "b": np.ones(3), "y": np.ones((4, 3)), "loss": np.array(12.0)}, "loss")) == (3,) and
    #     got["a"].shape != values["a"].shape

    def fit(part, shape):
        return part.sum(axis=tuple(range(part.ndim - len(shape))))

    return pass_back(graph, values, output, fit=fit)


@exercise.bug
def only_axes_of_size_1_summed(graph, values, output):
    """Gradients are summed over the axes of size 1 that were stretched, but not over those that
    broadcasting put in front. Sum these as well."""
    # "but not over those that broadcasting put in front": got["b"].ndim == values["b"].ndim + 1
    # "Sum these as well": part.shape[:part.ndim - len(shape)] + shape → shape
    # "Gradients are summed over the axes of size 1 that were stretched": (lambda g:
    #     g["a"].shape)(bug({"y": ("multiply", "a", "b"), "loss": ("sum", "y")}, {"a": np.ones((4,
    #     1)), "b": np.ones((4, 3)), "y": np.ones((4, 3)), "loss": np.array(12.0)}, "loss")) == (4,
    #     1) and got["b"].shape != values["b"].shape

    def fit(part, shape):
        return unbroadcast(part, part.shape[: part.ndim - len(shape)] + shape)

    return pass_back(graph, values, output, fit=fit)


@exercise.bug
def size_1_dropped(graph, values, output):
    """An axis of size 1 is lost in the sum, so the gradient has an axis less than the value.
    Sum with `keepdims=True`, or reshape at the end."""
    # "An axis of size 1 is lost in the sum, so the gradient has an axis less than the value":
    #     got["a"].ndim == values["a"].ndim - 1
    # "or reshape at the end": summed.squeeze() → summed.squeeze().reshape(shape)
    # "Sum with `keepdims=True`": summed.squeeze() if stretched else summed →
    #     part.sum(axis=tuple(range(part.ndim - len(shape)))).sum(axis=tuple((i for i, n in
    #     enumerate(shape) if n == 1)), keepdims=True)

    def fit(part, shape):
        summed = unbroadcast(part, shape)
        stretched = part.shape[part.ndim - len(shape) :] != shape
        return summed.squeeze() if stretched else summed

    return pass_back(graph, values, output, fit=fit)


@exercise.bug
def averaged(graph, values, output):
    """The gradient of what was broadcast is averaged over its uses. They add up: take the
    sum."""
    # "The gradient of what was broadcast is averaged over its uses": np.allclose(got["b"],
    #     want["b"] / len(values["x"]))
    # "They add up: take the sum":  * (np.prod(shape) / part.size) →

    def fit(part, shape):
        return unbroadcast(part, shape) * (np.prod(shape) / part.size)

    return pass_back(graph, values, output, fit=fit)


@exercise.bug
def overwritten(graph, values, output):
    """A gradient replaces what came before, so of a value with several uses only one counts.
    Add: `gradients[a] = gradients[a] + part`."""
    # "A gradient replaces what came before, so of a value with several uses only one counts":
    #     got["a"] == values["a"] == want["a"] / 2
    # "Add:": lambda old, part: part → lambda old, part: old + part
    return pass_back(graph, values, output, add=lambda old, part: part)


@exercise.bug
def same_name_once(graph, values, output):
    """A name that stands in both places of an operation gets one gradient, where two belong to
    it: a a has the derivative 2a. Add up what both places get."""
    # "A name that stands in both places of an operation gets one gradient, where two belong to
    #     it: a a has the derivative 2a": got["a"] == values["a"] and want["a"] == 2 * values["a"]
    # "Add up what both places get": np.zeros_like(parts[1]) → parts[1]

    def once(operation, g, y, *inputs):
        parts = vjp(operation, g, y, *inputs)
        same = len(inputs) == 2 and inputs[0] is inputs[1]
        return (parts[0], np.zeros_like(parts[1])) if same else parts

    return pass_back(graph, values, output, send=once)


@exercise.bug(read_only=("copied", "kept"))
def one_array_for_two_names(graph, values, output, read_only="copied"):
    """add sends the same array to both inputs, and `+=` changes it for both. Start every
    gradient at its own zeros, or write `gradients[a] = gradients[a] + part`."""
    # "add sends the same array to both inputs": (lambda parts: parts[0] is parts[1])(vjp("add",
    #     np.ones(2), np.ones(2), np.ones(2), np.ones(2))) and np.array_equal(got["u"], got["a"])
    # "Start every gradient at its own zeros": part if same else unbroadcast(part, shape) →
    #     np.zeros(shape) + unbroadcast(part, shape)

    def fit(part, shape):
        same = part.shape == shape and (part.flags.writeable or read_only == "kept")
        return part if same else unbroadcast(part, shape)

    def add(old, part):
        return np.add(old, part, out=old if old.flags.writeable else None)

    return pass_back(graph, values, output, fit=fit, add=add)


@exercise.bug(step=(1, -1), step_if_reached=(1, -1))
def order_of_the_graph(graph, values, output, step=0, step_if_reached=0):
    """The names are visited as they are listed, but a graph may be listed in any order. Visit a
    name after all names that use it: in reverse topological order."""
    # "Visit a name after all names that use it: in reverse topological order": list(graph)[::step
    #     or step_if_reached] → topological_order(output, lambda name: graph.get(name,
    #     ('leaf',))[1:])[::-1]
    order = list(graph)[:: step or step_if_reached]
    return pass_back(graph, values, output, order=order, skip=not step)


@exercise.bug(double=(False, True))
def waits_for_ever(graph, values, output, double=False):
    """A name waits for a use that is never ticked off, so that its inputs get no gradient. Count
    the uses that you tick off: in all that the output depends on, and both of a name that is used
    twice by one operation."""
    # "A name waits for a use that is never ticked off, so that its inputs get no gradient":
    #     len(got) < len(want)
    # "Count the uses that you tick off: in all that the output depends on, and both of a name that
    #     is used twice by one operation": names if double else graph → names; set(inputs) if double
    #     else inputs → inputs
    names = topological_order(output, lambda name: graph.get(name, ("leaf",))[1:])
    uses, order = collections.Counter(), [output]
    for name in names if double else graph:
        uses.update(graph.get(name, ("leaf",))[1:])
    for name in order:
        inputs = graph.get(name, ("leaf",))[1:]
        for each in set(inputs) if double else inputs:
            uses[each] -= 1
            if not uses[each]:
                order.append(each)
    return pass_back(graph, values, output, order=order, skip=True)


@exercise.bug(walk=((0, 1), (-1, 1), (-1, -1)))
def too_early(graph, values, output, walk=(0, 1)):
    """A name is visited when it is first met, before all that use it, so it passes on a part of
    its gradient. Visit it after all of them: in reverse topological order."""
    # "Visit it after all of them: in reverse topological order": order=order →
    #     order=topological_order(output, lambda name: graph.get(name, ('leaf',))[1:])[::-1]
    # "A name is visited when it is first met, before all that use it": (lambda order:
    #     order)(list(got)) != list(want) or not np.allclose(got["a"], want["a"])
    order, open_, (first, step) = [], [output], walk
    while open_:
        name = open_.pop(first)
        if name not in order:
            order.append(name)
            open_.extend(graph.get(name, ("leaf",))[1:][::step])
    return pass_back(graph, values, output, order=order)


@exercise.bug
def path_by_path(graph, values, output):
    """Each path is walked on its own, and their number doubles with each value that is used
    twice. Visit each name once, when its gradient is complete."""
    gradients = {}

    def walk(name, g):
        gradients[name] = gradients.get(name, 0) + g
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [np.asarray(values[each]) for each in inputs]
            y = np.asarray(values[name])
            for each, part in zip(inputs, vjp(operation, g, y, *arrays), strict=True):
                walk(each, unbroadcast(np.asarray(part), values[each].shape))

    walk(output, np.ones(values[output].shape))
    return gradients


@exercise.bug
def passed_on_again(graph, values, output):
    """A name passes on its whole gradient each time that something is added to it, so that what
    came first is counted again. Visit it once, when its gradient is complete."""
    # "A name passes on its whole gradient each time that something is added to it, so that what
    #     came first is counted again": [float(each({"y": ("add", "b", "b"), "b": ("exp", "p")},
    #     {"p": np.zeros(()), "b": np.ones(()), "y": np.full((), 2)}, "y")["p"]) for each in (bug,
    #     right)] == [1 + (1 + 1), 1 + 1]
    # "Visit it once, when its gradient is complete": walk(each) → None; walk(output) → [walk(name)
    #     for name in topological_order(output, lambda name: graph.get(name, ('leaf',))[1:])[::-1]]
    arrays = {name: np.asarray(value, float) for name, value in values.items()}
    gradients = {output: np.ones(arrays[output].shape)}

    def walk(name):
        if name in graph:
            operation, *inputs = graph[name]
            g, given = gradients[name], [arrays[each] for each in inputs]
            parts = vjp(operation, g, arrays[name], *given)
            for each, part in zip(inputs, parts, strict=True):
                part = unbroadcast(np.asarray(part), arrays[each].shape)
                gradients[each] = np.asarray(gradients.get(each, 0) + part)
                walk(each)

    walk(output)
    return gradients


@exercise.bug(numbers=(True, False))
def gradient_multiplied_in_place(graph, values, output, numbers=True):
    """The gradient of an exponential is multiplied in place before it is sent on, so that its own
    entry is wrong. Write `g * y`, which makes a new array, for `g *= y`."""
    # "The gradient of an exponential is multiplied in place before it is sent on, so that its own
    #     entry is wrong": np.allclose(got["y"], want["y"] * values["y"]) and np.allclose(got["a"],
    #     want["a"])
    # "Write `g * y`, which makes a new array, for `g *= y`": g *= y → g = g * y

    def send(operation, g, y, *inputs):
        if operation != "exp":
            return vjp(operation, g, y, *inputs)
        # NumPy makes a number of a sum without axes, and nothing changes a number in place.
        if numbers or g.ndim:
            g *= y
            return (g,)
        return (g * y,)

    def fit(part, shape):
        return np.array(unbroadcast(part, shape))

    return pass_back(graph, values, output, send=send, fit=fit)
