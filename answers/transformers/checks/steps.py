"""What a step does."""

import copy
import math

import torch
from torch import Tensor, nn

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, apart, skipped, verdict


# --8<-- [start:steps]
def trains_in_training_mode(training: Training) -> Verdict:
    """The mode of every module that runs while a step is made."""
    model, modes = copy.deepcopy(training.model), []
    for module in model.modules():
        module.register_forward_pre_hook(lambda m, _: modes.append(m.training))
    training.step(training, model, training.optimizer(model))
    wrong = "a part runs in eval mode" if any(modes) else "the step runs in eval mode"
    return verdict(
        trains_in_training_mode,
        bool(modes) and all(modes),
        "dropout and the like are on",
        f"{wrong}, without dropout: call model.train() after evaluating"
        if modes
        else "the step calls no module of the model that it is given",
    )


def gradients_are_cleared(training: Training) -> Verdict:
    """Two steps that move nothing, on one batch: what the first left must not count.

    What it left is made huge and turned around in between, so that it shows even where
    the step clips the gradient to a length.
    """
    model, seen = copy.deepcopy(training.model), []
    still = torch.optim.SGD(model.parameters(), lr=0.0)
    still.register_step_pre_hook(lambda *_: seen.append(flat_gradient(model)))
    for _ in range(2):
        # For the same dropout.
        torch.manual_seed(0)
        training.step(training, model, still)
        for p in model.parameters():
            if p.grad is not None:
                p.grad.mul_(-1e4)
    if len(seen) < 2:
        return verdict(
            gradients_are_cleared, False, "", "the step never calls optimizer.step()"
        )
    if not seen[0].any():
        return skipped(
            gradients_are_cleared, "the gradient of the step is 0 everywhere"
        )
    off = apart(seen[0], seen[-1]) / float(seen[0].abs().max())
    return verdict(
        gradients_are_cleared,
        off < 1e-3,
        "the second step starts from none",
        "the gradient of the first step is still in that of the second: call "
        "optimizer.zero_grad() in every step",
    )


def flat_gradient(model: nn.Module) -> Tensor:
    """All gradients in one vector; 0 where there is none."""
    return torch.cat(
        [
            (torch.zeros_like(p) if p.grad is None else p.grad)
            .detach()
            .flatten()
            .clone()
            for p in model.parameters()
        ]
    )


def steps_are_small(training: Training, largest: float = 0.5) -> Verdict:
    """How far the first step moves a weight matrix, relative to its size."""
    model = copy.deepcopy(training.model)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    training.step(training, model, training.optimizer(model))
    moves = [
        float((p.detach() - before[name]).norm() / before[name].norm())
        for name, p in model.named_parameters()
        if p.ndim > 1 and before[name].any()
    ]
    # Python's max would lose nan.
    most = float(torch.tensor([0.0, *moves]).max())
    return verdict(
        steps_are_small,
        most < largest,
        f"the first moves a matrix by at most {most:.0%} of its size",
        f"the first step moves a matrix by {most:.0%} of its size: the learning rate is too "
        "high, or warm-up is missing",
    )


def overfits_one_batch(
    training: Training, steps: int = 150, below: float = 0.15
) -> Verdict:
    """A model that sees the past can learn one small batch by heart, down to `left_open`."""
    model = copy.deepcopy(training.model)
    torch.manual_seed(0)
    optimizer = training.optimizer(model)
    losses = [float(training.step(training, model, optimizer)) for _ in range(steps)]
    # Python's min would lose nan.
    last = float(torch.tensor(losses[-10:]).min())
    least = left_open(training.ids)
    bound = least + below * (math.log(training.vocab) - least)
    return verdict(
        overfits_one_batch,
        last < bound,
        f"loss {losses[0]:.2f} to less than {bound:.2f} in {steps} steps",
        f"loss {losses[0]:.2f} to {last:.1f} in {steps} steps on one batch: something "
        "keeps it from learning; if all else passed, look at the learning rate",
    )


def left_open(ids: Tensor) -> float:
    """The least mean loss, in nats, where equal beginnings go on differently.

    Of n rows of T tokens that share the first, m are equal: log(n / m) / (T - 1).
    """
    n, m = (
        counts[at]
        for _, at, counts in (
            part.unique(dim=0, return_inverse=True, return_counts=True)
            for part in (ids[:, :1], ids)
        )
    )
    return float((n / m).log().mean()) / (ids.shape[1] - 1)


# --8<-- [end:steps]
