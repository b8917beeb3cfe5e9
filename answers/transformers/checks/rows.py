"""Does each row of a batch mind its own business?"""

import copy

import torch
from torch import Tensor, nn

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, apart, skipped, verdict


# --8<-- [start:rows]
def rows_do_not_mix(training: Training) -> Verdict:
    """Change all rows but the first: the logits of the first must stay."""
    ids = rows(training)
    changed = torch.cat([ids[:1], training.others(ids[1:])])
    moved = apart(training.logits(ids)[:1], training.logits(changed)[:1])
    return verdict(
        rows_do_not_mix,
        moved < 1e-5,
        "other rows of the batch change no logits of the first",
        f"other rows of the batch move the logits of the first by up to {moved:.2g}: look "
        "where the batch axis is reshaped, and at `batch_first`",
    )


def gradients_stay_in_their_row(training: Training) -> Verdict:
    """The loss of the first row, in training mode: its gradient reaches no other input."""
    model, ids, inputs = copy.deepcopy(training.model).train(), rows(training), []

    def keep(module, args, output):
        if args[0].shape == ids.shape:  # not those of positions, which have no rows
            inputs.append(output.detach().requires_grad_())
            return inputs[-1]

    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.register_forward_hook(keep)
    logits = training.forward(model, ids, None)
    if not inputs:
        return skipped(
            gradients_stay_in_their_row, "the model has no `nn.Embedding` of the ids"
        )
    loss = training.loss(logits[:1], ids[:1], None)
    if loss.requires_grad:
        loss.backward()
    grads = [x.grad.abs().flatten(1).amax(1) for x in inputs if x.grad is not None]
    if not any(grad.any() for grad in grads):
        return skipped(
            gradients_stay_in_their_row, "no gradient reaches the inputs at all"
        )
    each = sum(grads)
    # Python's max would lose nan.
    share = float(each[1:].max() / each[0])
    return verdict(
        gradients_stay_in_their_row,
        share < 1e-6,
        "in training, too, the loss of a row depends on that row alone",
        f"the loss of the first row has a gradient at other rows, {share:.2g} times that at "
        "its own: rows mix in training; look for a batch norm",
    )


def rows(training: Training) -> Tensor:
    """The batch; if it has a single row, that and another row."""
    ids = training.ids
    return ids if len(ids) > 1 else torch.cat([ids, training.others(ids)])


# --8<-- [end:rows]
