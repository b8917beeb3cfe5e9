"""Who gets a gradient?"""

import copy
import math

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, few, skipped, verdict


# --8<-- [start:gradients]
def every_parameter_gets_a_gradient(training: Training, least: float = 1e-6) -> Verdict:
    """Each gradient is finite, and its largest entry above `least` times the model's largest.

    A gradient that is zero on paper is rounding noise in a computer, so "not zero" must
    have a size. Exempt what is frozen on purpose; what stands before a matrix of zeros, as
    LoRA's A; and biases of keys that are parameters of their own, where q · b goes straight
    into the softmax: it is the same in every score of a query, and softmax does not see that.
    """
    model = copy.deepcopy(training.model).train()
    model.zero_grad()
    loss = training.loss_of(model)
    if loss.requires_grad:
        loss.backward()
    sizes = {
        name: math.nan if p.grad is None else float(p.grad.abs().max())
        for name, p in model.named_parameters()
        if not any(name.endswith(end) for end in training.exempt)
    }
    floor = least * max((s for s in sizes.values() if math.isfinite(s)), default=0.0)
    wrong = [n for n, size in sizes.items() if not floor < size < math.inf]
    return verdict(
        every_parameter_gets_a_gradient,
        not wrong,
        f"all {len(sizes)} are finite and not zero",
        f"none, zero or not finite: {few(wrong)}; is it used, frozen or cut off?",
    )


def tied_weights_are_one(training: Training) -> Verdict:
    """A copy starts equal and learns apart; only the same tensor stays the same."""
    if not training.tied:
        return skipped(tied_weights_are_one, "no pair is named in `tied`")
    named = dict(training.model.named_parameters(remove_duplicate=False))
    two = [f"{a} and {b}" for a, b in training.tied if named[a] is not named[b]]
    return verdict(
        tied_weights_are_one,
        not two,
        f"{len(training.tied)} pair(s)",
        f"not the same tensor: {few(two)}; assign one to the other, without a copy",
    )


# --8<-- [end:gradients]
