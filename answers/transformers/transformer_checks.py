"""Is this Transformer being trained right? Checks that any module takes, each with one question.

A check takes a `Training`, leaves its model as it was, and returns a `Verdict`. They run from
what a batch holds to what an optimizer does: `diagnose` runs them all, in that order.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from answers.transformers.checks.gradients import (
    every_parameter_gets_a_gradient,
    tied_weights_are_one,
)
from answers.transformers.checks.labels import (
    label_is_the_next_token,
    loss_is_the_mean_over_real_tokens,
)
from answers.transformers.checks.optimizer import (
    decay_spares_norms_and_biases,
    optimizer_has_every_parameter,
)
from answers.transformers.checks.positions import positions_matter
from answers.transformers.checks.rows import (
    gradients_stay_in_their_row,
    rows_do_not_mix,
)
from answers.transformers.checks.sight import (
    evaluates_the_same_twice,
    padding_changes_nothing,
    sees_no_future,
    sees_the_past,
)
from answers.transformers.checks.start import first_loss_makes_sense, output_is_logits
from answers.transformers.checks.steps import (
    gradients_are_cleared,
    overfits_one_batch,
    steps_are_small,
    trains_in_training_mode,
)
from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict

# --8<-- [start:diagnose]
CHECKS: tuple[Callable[[Training], Verdict], ...] = (
    label_is_the_next_token,
    loss_is_the_mean_over_real_tokens,
    output_is_logits,
    first_loss_makes_sense,
    evaluates_the_same_twice,
    sees_no_future,
    sees_the_past,
    rows_do_not_mix,
    padding_changes_nothing,
    positions_matter,
    every_parameter_gets_a_gradient,
    gradients_stay_in_their_row,
    optimizer_has_every_parameter,
    decay_spares_norms_and_biases,
    tied_weights_are_one,
    trains_in_training_mode,
    gradients_are_cleared,
    steps_are_small,
    overfits_one_batch,
)


def diagnose(
    model: nn.Module, ids: Tensor, vocab: int, **settings: Any
) -> list[Verdict]:
    """All checks in order, each on the model as it is now, which none of them changes.

    Args:
        model: Any module, from scratch or, with `pretrained=True`, trained.
        ids: A batch of real tokens, (batch, time).
        vocab: Number of tokens.
        settings: The other attributes of `Training`.

    Returns:
        One verdict a check. The first that failed is the one to look at first: the later
        ones may only suffer from it.

    Raises:
        ValueError: As `Training`. What the model, the loss or the step raise themselves
            goes through: a fault that says so needs no check.

    Source:
        Karpathy (2019), A Recipe for Training Neural Networks,
        https://karpathy.github.io/2019/04/25/recipe/

    Example:
        A bigram model: each token alone decides what follows it.

        >>> _ = torch.manual_seed(0)
        >>> bigram = nn.Sequential(nn.Embedding(11, 16), nn.Linear(16, 11, bias=False))
        >>> ids = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])
        >>> found = diagnose(bigram, ids, 11, forward=lambda model, ids, mask: model(ids))
        >>> [each.check for each in found if each.failed][0]
        'sees_the_past'
    """
    training = Training(model, ids, vocab, **settings)
    with torch.random.fork_rng(devices=[]):
        return [check(training) for check in CHECKS]


# --8<-- [end:diagnose]
