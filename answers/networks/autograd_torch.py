"""PyTorch's autograd from the inside: its graph, what it saves, an operation of your own."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from answers.inputs import refuse_empty, refuse_labels_out_of_range
from answers.inputs.contracts import refuses


# --8<-- [start:tree]
def tree(node: Any, label: Callable, inputs_of: Callable) -> str:
    """A graph in lines, each node above what it was computed from, indented.

    What is used twice is written out once, and then named with "(above)".

    Args:
        node: Where to start, a node of any kind of graph.
        label: Takes a node, returns its line.
        inputs_of: Takes a node, returns the nodes that it was computed from.

    Example:
        >>> inputs = {"+": ["*", "b"], "*": ["a", "b"], "a": [], "b": []}
        >>> print(tree("+", str, inputs.get))
        +
          *
            a
            b
          b (above)
    """
    lines, seen, stack = [], set(), [(node, 0)]
    # No recursion: a graph may be deeper than Python's stack.
    while stack:
        node, depth = stack.pop()
        lines.append("  " * depth + label(node) + " (above)" * (node in seen))
        if node not in seen:
            seen.add(node)
            stack += [(each, depth + 1) for each in reversed(inputs_of(node))]
    return "\n".join(lines)


# --8<-- [end:tree]


# --8<-- [start:autograd_graph_refuses]
def no_graph(tensor, name):
    if tensor.grad_fn is None:
        raise ValueError(
            f"`{name}` has no grad_fn; pass what was computed from a tensor that requires "
            "grad, outside no_grad"
        )


@refuses(tensor=no_graph)
# --8<-- [end:autograd_graph_refuses]
# --8<-- [start:autograd_graph]
def autograd_graph(tensor: Tensor) -> str:
    """The graph that `tensor.backward()` would walk, as a tree of its functions.

    Every function is the backward pass of one operation. `next_functions` lists where it
    sends its results: a pair for each input that can have a gradient (indices and masks
    cannot), with None for one that needs none. `AccumulateGrad` is the end: it adds to
    the `.grad` of a leaf.

    Raises:
        ValueError: No operation on the way to `tensor` was recorded.

    Example:
        >>> w = torch.ones(2, requires_grad=True)
        >>> print(autograd_graph((3 * w).sum()))
        SumBackward0
          MulBackward0
            AccumulateGrad, leaf (2,)
    """

    def label(function):
        leaf = getattr(function, "variable", None)
        name = type(function).__name__
        return name if leaf is None else f"{name}, leaf {tuple(leaf.shape)}"

    def inputs_of(function):
        return [each for each, _ in function.next_functions if each is not None]

    return tree(tensor.grad_fn, label, inputs_of)


# --8<-- [end:autograd_graph]


# --8<-- [start:saved_bytes]
def saved_bytes(run: Callable) -> int:
    """How many bytes `run()` saves for a backward pass; memory saved twice counts once.

    Parameters count too, where they are saved, though they are in memory anyway. Python
    numbers do not. A slice counts as the whole memory that it keeps alive.

    Example:
        exp saves its result; the sign and the sum save nothing.

        >>> x = torch.ones(1000, requires_grad=True)
        >>> saved_bytes(lambda: (-x).exp().sum())
        4000
    """
    storages = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        # Held, so that its address is not given out again. On the meta device it is 0.
        storages[storage.data_ptr() or id(storage)] = storage
        return tensor.detach()

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        run()
    return sum(storage.nbytes() for storage in storages.values())


# --8<-- [end:saved_bytes]


# --8<-- [start:cross_entropy_refuses]
def no_class(targets, logits):
    labels = targets.numpy(force=True)
    refuse_empty(labels, "targets")
    refuse_labels_out_of_range(labels, logits.shape[1], "targets")


@refuses(no_class)
# --8<-- [end:cross_entropy_refuses]
# --8<-- [start:cross_entropy]
def cross_entropy(
    logits: Float[Tensor, "batch classes"], targets: Int64[Tensor, " batch"]
) -> Float[Tensor, ""]:
    """The mean of -log softmax(logits)[target], in nats, differentiable twice.

    Its gradient is dout (p - onehot) / N: the vector-Jacobian product of one number.

    Raises:
        ValueError: The batch is empty, or a label is not one of the classes.

    Example:
        >>> float(cross_entropy(torch.zeros(1, 2), torch.tensor([0])))  # log 2
        0.6931471824645996
    """
    return CrossEntropy.apply(logits, targets)


class CrossEntropy(torch.autograd.Function):
    """The mean cross-entropy as one operation of the graph, with its own backward."""

    @staticmethod
    def forward(ctx, logits, targets):
        ctx.save_for_backward(logits, targets)
        rows = torch.arange(len(targets))
        return -torch.log_softmax(logits, dim=1)[rows, targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logits, targets = ctx.saved_tensors
        # From the saved input: a second derivative finds its way back through it.
        p = torch.softmax(logits, dim=1)
        onehot = nn.functional.one_hot(targets, logits.shape[1])
        # One gradient for each argument of forward; labels have none.
        return dout * (p - onehot) / len(targets), None


# --8<-- [end:cross_entropy]


# --8<-- [start:switches]
def under_no_grad(layer, h):
    with torch.no_grad():
        return layer(h)


def under_inference_mode(layer, h):
    with torch.inference_mode():
        return layer(h)


SWITCHES = {
    "nothing": lambda layer, h: layer(h),
    "no_grad": under_no_grad,
    "inference_mode": under_inference_mode,
    "detach": lambda layer, h: layer(h).detach(),
    "eval": lambda layer, h: layer.eval()(h),
    "requires_grad_(False)": lambda layer, h: layer.requires_grad_(False)(h),
    "zero_grad": lambda layer, h: (layer.zero_grad(), layer(h))[1],
}


def observe(switch: Callable) -> dict[str, bool]:
    """What a switch does to the middle layer of three: answers to the table's questions.

    Args:
        switch: Takes a layer and its input, returns the layer's output.

    Example:
        >>> observe(SWITCHES["eval"])["drops out"]
        False
    """
    before, after = nn.Linear(3, 32), nn.Linear(32, 1)
    norm, dropout = nn.BatchNorm1d(32), nn.Dropout()
    layer = nn.Sequential(nn.Linear(32, 32), norm, dropout)
    weight = layer[0].weight
    weight.grad, mean = torch.ones_like(weight), norm.running_mean.clone()
    h, results = before(torch.randn(8, 3)), []
    saved = saved_bytes(lambda: results.append(switch(layer, h)))
    (y,) = results
    answers = {
        "has graph": y.grad_fn is not None,
        "saves": saved > 0,
        "drops out": bool((y == 0).any()),
        "norm updates": not torch.equal(mean, norm.running_mean),
        "clears grad": weight.grad is None,
    }
    again, weight.grad = layer(h), None
    try:
        out = after(y)
    except RuntimeError:
        out = None
    else:
        out.square().sum().backward()
    ordinary = weight.requires_grad and again.requires_grad and bool((again == 0).any())
    return answers | {
        "grad here": weight.grad is not None,
        "grad before": before.weight.grad is not None,
        "goes on": out is not None,
        "stays on": not ordinary,
    }


# --8<-- [end:switches]


DIFFERS = {
    "has graph": "no graph",
    "saves": "nothing saved",
    "drops out": "no dropout",
    "norm updates": "batch norm uses its running statistics, unchanged",
    "clears grad": "`.grad` cleared",
    "grad here": "no gradient here",
    "grad before": "none before",
    "goes on": "the next layer's forward raises",
    "stays on": "stays on",
}


def table() -> str:
    """Where each switch differs from doing nothing, as Markdown."""
    plain = observe(SWITCHES["nothing"])
    lines = ["| switch | what differs from doing nothing |", "|---|---|"]
    for name in [*SWITCHES][1:]:
        answers = observe(SWITCHES[name])
        words = [DIFFERS[each] for each in plain if answers[each] != plain[each]]
        lines.append(f"| `{name}` | {'; '.join(words)} |")
    return "\n".join(lines)
