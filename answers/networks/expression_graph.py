"""Backpropagation as an algorithm: sum over all paths, in reverse topological order."""

from collections.abc import Callable, Hashable, Iterable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from answers.inputs import as_float, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.networks.broadcasting import unbroadcast


# --8<-- [start:topological_order]
def topological_order(output: Hashable, inputs_of: Callable) -> list:
    """Everything that `output` depends on, each after all of its own inputs.

    Args:
        output: The last node.
        inputs_of: Takes a node, returns the nodes that it was computed from.

    Raises:
        ValueError: A node depends on itself.

    Example:
        >>> topological_order("y", {"y": "ab", "b": "a", "a": ""}.get)
        ['a', 'b', 'y']
    """
    order, done, open_, stack = [], set(), set(), [output]
    # No recursion: a graph may be deeper than Python's stack.
    while stack:
        node = stack[-1]
        waiting = [each for each in inputs_of(node) if each not in done]
        if node in done or not waiting:
            stack.pop()
            if node not in done:
                done.add(node)
                order.append(node)
        elif node in open_:
            raise ValueError(f"{node} depends on itself; a computation has no cycle")
        else:
            open_.add(node)
            stack.extend(waiting)
    return order


# --8<-- [end:topological_order]


# --8<-- [start:backward_pass_refuses]
def no_numbers(graph, values, output):
    for name in topological_order(output, lambda name: graph.get(name, ())[1:]):
        kind = getattr(getattr(values.get(name), "dtype", None), "kind", "none")
        if kind not in "biuf":
            raise ValueError(
                f"`values` has no array of numbers {name!r}; pass np.array(...) of it"
            )
        refuse_nan(values[name], f"values[{name!r}]")


def overflow(result):
    for name, gradient in result.items():
        refuse_overflowed(gradient, f"the gradient of {name!r}")


@refuses(no_numbers, overflow)
# --8<-- [end:backward_pass_refuses]
# --8<-- [start:backward_pass]
def backward_pass(
    graph: dict[str, tuple[str, ...]],
    values: dict[str, ndarray | np.number],
    output: str,
) -> dict[str, Float[ndarray, "..."]]:
    """The gradient of the sum of `output` with respect to everything it depends on.

    How:
        A node is visited after all nodes that use it, so that its gradient is complete:
        the sum of what each use sends back. What was broadcast gets its gradient summed.

    Args:
        graph: For each computed name, the operation and the names of its inputs:
            ("add", a, b), ("multiply", a, b), ("matmul", a, b), ("exp", a) or
            ("sum", a). Any order; names that are no keys are leaves. Visit a name once,
            however many paths lead to it.
        values: The array of floats or integers behind each name, leaves included, from
            the forward pass. "matmul" takes matrices, "sum" adds up all entries. They are
            not computed again: a wrong value can make a wrong gradient.
        output: The name of what is differentiated.

    Returns:
        A gradient for `output` and each name that it depends on, in the shape of its
        value; more names may be there.

    Raises:
        ValueError: A value that is needed is missing or holds nan or infinity, an
            operation is unknown, a name depends on itself, or a gradient overflows.

    Source:
        Griewank and Walther (2008), Evaluating Derivatives, chapter 3

    Example:
        y = a · b with b = a + a: at a = 3, dy/da = b + 2a = 12.

        >>> graph = {"y": ("multiply", "a", "b"), "b": ("add", "a", "a")}
        >>> values = {"a": np.array(3.0), "b": np.array(6.0), "y": np.array(18.0)}
        >>> float(backward_pass(graph, values, "y")["a"])
        12.0
    """
    order = topological_order(output, lambda name: graph.get(name, ())[1:])
    arrays = {name: np.asarray(as_float(values[name])) for name in order}
    gradients = {name: np.zeros_like(array) for name, array in arrays.items()}
    gradients[output] += 1
    for name in reversed(order):
        if name in graph:
            operation, *inputs = graph[name]
            known = [arrays[each] for each in (name, *inputs)]
            parts = vjp(operation, gradients[name], *known)
            for each, part in zip(inputs, parts, strict=True):
                gradients[each] += unbroadcast(np.asarray(part), arrays[each].shape)
    return gradients


def vjp(operation: str, g: ndarray, y: ndarray, *inputs: ndarray) -> Iterable:
    """What y = operation(*inputs) sends back to each input, given the gradient g of y."""
    match operation, inputs:
        case "add", (_, _):
            return g, g
        case "multiply", (a, b):
            return g * b, g * a
        case "matmul", (a, b) if a.ndim == b.ndim == 2:
            return g @ b.T, a.T @ g
        case "exp", (_,):
            return (g * y,)
        case "sum", (a,):
            return (np.broadcast_to(g, a.shape),)
    shapes = ", ".join(str(each.shape) for each in inputs)
    raise ValueError(
        f"{operation!r} of shapes {shapes} is unknown; there are add and multiply of two "
        "arrays, matmul of two matrices, exp and sum of one array"
    )


# --8<-- [end:backward_pass]


# The example of the figure: a leaf that is used twice, and a node that is.
GRAPH = {
    "loss": ("multiply", "u", "v"),
    "v": ("add", "u", "a"),
    "u": ("multiply", "a", "b"),
}
VALUES = {"a": 2.0, "b": 3.0, "u": 6.0, "v": 8.0, "loss": 48.0}
VALUES = {name: np.array(number) for name, number in VALUES.items()}
