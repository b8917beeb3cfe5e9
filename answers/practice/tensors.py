"""The gradients behind a result in PyTorch, which this does not import: an exercise has."""

from collections.abc import Iterator

import numpy as np

from answers.practice.parts import Complaint, Parts, array_of, is_tensor
from answers.practice.submission import complaint_of

LOST = "no gradient"


def gradients(result: object, arguments: dict[str, object], of: object) -> Parts:
    """The gradient of each argument that requires one, as parts of the result.

    It is that of all numbers of the result, each with a weight of its own: so an entry that
    has lost its graph is missed. Errors are told of the function `of`.
    """
    asked = {name: a for name, a in arguments.items() if requires_grad(a)}
    names = {name: f"the gradient of {name}" for name in asked}
    found = list(tensors(result))
    with_graph = list(filter(requires_grad, found))
    if not asked or not found:  # what is no tensor is complained of as such
        return {}
    if not with_graph:
        why = "the result has no graph; was it detached, or made by .item() or torch.tensor?"
        complaints = {name: f"{name} is missing: {why}" for name in names.values()}
        return {name: Complaint(LOST, text) for name, text in complaints.items()}
    try:
        sum((each * weights(each)).sum() for each in with_graph).backward()
    except RuntimeError as error:
        return dict.fromkeys(names.values(), complaint_of(error, of))
    parts = {}
    for name, argument in asked.items():
        # The result may not depend on an argument at all.
        gradient = argument * 0 if argument.grad is None else argument.grad
        parts[names[name]] = array_of(gradient, names[name], argument)
    return parts


def requires_grad(value: object) -> bool:
    """Whether `value` is a tensor with a gradient."""
    return is_tensor(value) and value.requires_grad


def tensors(result: object) -> Iterator[object]:
    """The tensors of a result: itself, the entries of a tuple, the values of a dict."""
    if isinstance(result, tuple | list):
        for each in result:
            yield from tensors(each)
    elif isinstance(result, dict):
        yield from tensors(tuple(result.values()))
    elif is_tensor(result):
        yield result


def weights(tensor: object) -> object:
    """Irregular numbers of the shape of `tensor`, the same each time."""
    numbers = np.cos(1.0 + np.arange(tensor.numel())).reshape(tensor.shape)
    return tensor.new_tensor(numbers)
