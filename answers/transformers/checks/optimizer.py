"""What the optimizer holds, and what it may shrink."""

import copy

from torch import Tensor

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, few, skipped, verdict


# --8<-- [start:optimizer]
def optimizer_has_every_parameter(training: Training) -> Verdict:
    """Whatever the loss depends on must be in the optimizer, registered or not."""
    model = copy.deepcopy(training.model)
    optimizer = training.optimizer(model)
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    names = {id(p): name for name, p in model.named_parameters()}
    loss = training.loss_of(model)
    if loss.grad_fn is None:
        return skipped(
            optimizer_has_every_parameter, "the loss has no graph to look through"
        )
    missing = [
        names.get(id(leaf), f"a tensor of shape {tuple(leaf.shape)} of no module")
        for leaf in leaves(loss)
        if id(leaf) not in held
    ]
    return verdict(
        optimizer_has_every_parameter,
        not missing,
        f"it has all {len(held)}",
        f"it lacks {few(missing)}: build it from the parameters of the whole model, with "
        "every part registered",
    )


def leaves(tensor: Tensor) -> list[Tensor]:
    """The tensors to which a backward pass from here would add a gradient."""
    found, todo, seen = {}, [tensor.grad_fn], set()
    while todo:
        node = todo.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            found[id(node.variable)] = node.variable
        todo.extend(function for function, _ in node.next_functions)
    return list(found.values())


def decay_spares_norms_and_biases(training: Training) -> Verdict:
    """By convention weight decay is for matrices: it would pull a norm's gain to 0."""
    model = copy.deepcopy(training.model)
    names = {id(p): name for name, p in model.named_parameters()}
    shrunk = [
        names.get(id(p), f"a tensor of shape {tuple(p.shape)}")
        for group in training.optimizer(model).param_groups
        for p in group["params"]
        if p.ndim < 2 and group.get("weight_decay", 0) > 0
    ]
    return verdict(
        decay_spares_norms_and_biases,
        not shrunk,
        "no vector decays",
        f"it decays {few(shrunk)}: put vectors into a group with weight_decay=0",
    )


# --8<-- [end:optimizer]
