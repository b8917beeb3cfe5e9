"""The gradients of a result in PyTorch. An exercise imports PyTorch; this module does not."""

import numpy as np

from answers.grader.parts import Complaint, Parts, array_of, is_tensor
from answers.grader.submission import complaint_of

GRADIENT = "the gradient of"
DETACHED = (
    "the result has no graph; was it detached, or made by .item() or torch.tensor?"
)


def gradients(result: object, arguments: dict[str, object], of: object) -> Parts:
    """The gradient of each argument that requires one, as parts of the result.

    It is the gradient of a sum of all numbers of the result, each with a weight of its own. So
    an entry that has lost its graph changes it. `of` is the function that errors are told of.
    """
    asked = {f"{GRADIENT} {k}": a for k, a in arguments.items() if has_graph(a)}
    found = tensors(result)
    # What is no tensor is complained of as such.
    if not asked or not found:
        return {}
    if not any(map(has_graph, found)):
        texts = {name: f"{name} is missing: {DETACHED}" for name in asked}
        return {name: Complaint("no gradient", text) for name, text in texts.items()}
    try:
        weighted = (each * weights(each) for each in found if has_graph(each))
        sum(each.sum() for each in weighted).backward()
    except RuntimeError as error:
        return dict.fromkeys(asked, complaint_of(error, of))
    parts = {}
    for name, argument in asked.items():
        # The result may not depend on an argument at all.
        gradient = argument * 0 if argument.grad is None else argument.grad
        parts[name] = array_of(gradient, name, argument)
    return parts


def has_graph(value: object) -> bool:
    """Whether `value` is a tensor that requires a gradient."""
    return is_tensor(value) and value.requires_grad


def tensors(result: object) -> list:
    """The tensors of a result: itself, the entries of a tuple, the values of a dict."""
    if isinstance(result, dict):
        result = tuple(result.values())
    if isinstance(result, tuple | list):
        return [tensor for each in result for tensor in tensors(each)]
    return [result] if is_tensor(result) else []


def weights(tensor: object) -> object:
    """Irregular numbers of the shape of `tensor`, the same each time."""
    numbers = np.cos(1.0 + np.arange(tensor.numel())).reshape(tensor.shape)
    return tensor.new_tensor(numbers)
