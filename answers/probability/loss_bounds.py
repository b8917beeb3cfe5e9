"""What being right or wrong says about the cross-entropy loss of an example, in nats.

Bounds are infimum and supremum: no example lies outside, and some come as close as you
like. `classes` counts classes. Unless said otherwise "right" means that
the true class has the strictly largest probability; a tie changes only whether an end
is reached.
"""

import math

from answers.inputs.contracts import refuses


# --8<-- [start:loss_bounds_refuses]
def too_few(classes, name):
    if classes < 2:
        raise ValueError(f"{classes} classes leave nothing to confuse; take 2 or more")


@refuses(classes=too_few)
# --8<-- [end:loss_bounds_refuses]
# --8<-- [start:loss_bounds]
def loss_bounds(classes: int, correct: bool = True) -> tuple[float, float]:
    """Infimum and supremum, in nats, of the cross-entropy of one example.

    How:
        Right: p_y is the largest of `classes` probabilities, so p_y > 1/classes. Wrong:
        another class is above p_y and both together have at most 1, so p_y < 1/2,
        however many classes there are.

    Args:
        classes: Number of classes, at least 2.
        correct: Whether the true class has the largest probability.

    Returns:
        (infimum, supremum) in nats. Finite logits without ties reach neither.

    Raises:
        ValueError: Fewer than two classes: nothing can be confused.

    Example:
        Two classes, as e to the minus loss: p_y between 1/2 and 1, or 0 and 1/2.

        >>> [round(math.exp(-end), 3) for end in loss_bounds(2)]
        [1.0, 0.5]
        >>> [round(math.exp(-end), 3) for end in loss_bounds(2, correct=False)]
        [0.5, 0.0]
    """
    return (0.0, math.log(classes)) if correct else (math.log(2), math.inf)


# --8<-- [end:loss_bounds]


# --8<-- [start:top_k_refuses]
def no_place(k, classes):
    if not 1 <= k <= classes:
        raise ValueError(f"k is {k}; of {classes} classes, take 1 to {classes}")


def none_wrong(k, classes, correct):
    if k == classes and not correct:
        raise ValueError(
            f"the top {k} of {classes} classes are all of them, so no example is wrong; "
            "take a smaller k"
        )


@refuses(no_place, none_wrong, classes=too_few)
# --8<-- [end:top_k_refuses]
# --8<-- [start:top_k]
def top_k_loss_bounds(
    classes: int, k: int, correct: bool = True
) -> tuple[float, float]:
    """Infimum and supremum, in nats, if the true class is, or is not, in the top k.

    Not in the top k: k classes are above p_y, so p_y < 1/(k + 1). In the top k, for
    k of 2 or more, p_y may be as small as you like: the winner can have all the rest.

    Returns:
        (infimum, supremum) in nats.

    Raises:
        ValueError: k is not one of 1 to classes, or the true class is to be outside
            the top `classes`, which are all.

    Example:
        >>> top_k_loss_bounds(1000, 5)
        (0.0, inf)
    """
    if correct:
        return loss_bounds(classes) if k == 1 else (0.0, math.inf)
    return math.log(k + 1), math.inf


# --8<-- [end:top_k]


# --8<-- [start:threshold_refuses]
def outside(threshold, name):
    if not 0 < threshold < 1:
        raise ValueError(f"the threshold is {threshold}; take one between 0 and 1")


@refuses(threshold=outside)
# --8<-- [end:threshold_refuses]
# --8<-- [start:threshold]
def threshold_loss_bounds(
    threshold: float, positive: bool = True, correct: bool = True
) -> tuple[float, float]:
    """Infimum and supremum, in nats, for two classes and "positive if p > threshold".

    p is the probability of the positive class. A right positive has p > threshold and
    the loss -log p; a right negative p ≤ threshold and the loss -log(1 - p).

    Args:
        threshold: Between 0 and 1, both excluded.
        positive: Whether the example is a positive one.
        correct: Whether it falls on its side of the threshold.

    Returns:
        (infimum, supremum) in nats.

    Raises:
        ValueError: The threshold is not between 0 and 1.

    Example:
        A cautious threshold lets a right positive cost more than log 2, which is 0.693.

        >>> round(threshold_loss_bounds(0.1)[1], 3)
        2.303
    """
    edge = -math.log(threshold) if positive else -math.log1p(-threshold)
    return (0.0, edge) if correct else (edge, math.inf)


# --8<-- [end:threshold]


# --8<-- [start:mean_refuses]
def no_count(errors, examples):
    if not 0 <= errors <= examples or examples < 1:
        raise ValueError(
            f"{errors} errors in {examples} examples; take 0 to all of 1 or more"
        )


@refuses(no_count, classes=too_few)
# --8<-- [end:mean_refuses]
# --8<-- [start:mean]
def mean_loss_bounds(classes: int, examples: int, errors: int) -> tuple[float, float]:
    """Infimum and supremum, in nats, of the mean loss with a given number of errors.

    The mean of the bounds of the examples: each can come near its own end alone.

    Returns:
        (infimum, supremum) in nats.

    Raises:
        ValueError: Fewer than two classes, no example, or errors not between 0 and
            `examples`.

    Example:
        At least 1 of 4 wrong: the mean is above (log 2) / 4.

        >>> round(mean_loss_bounds(10, examples=4, errors=1)[0], 3)
        0.173
    """
    if errors == 0:
        return loss_bounds(classes)
    return errors / examples * math.log(2), math.inf


# --8<-- [end:mean]


# --8<-- [start:most_errors_refuses]
def no_mean(mean_loss, examples):
    if examples < 1 or not mean_loss >= 0:
        raise ValueError(
            f"a mean loss of {mean_loss} over {examples} examples; take 0 or more, over "
            "1 or more"
        )


@refuses(no_mean)
# --8<-- [end:most_errors_refuses]
# --8<-- [start:most_errors]
def most_errors(mean_loss: float, examples: int) -> int:
    """The largest number of errors that a mean loss allows, for any number of classes.

    Each error costs at least log 2 (more, without a tie) and nothing costs less than 0,
    so errors * log 2 <= examples * mean loss. 0 errors: the loss has proved an accuracy of 100%.
    A billionth is added for rounding: one error too many for each 10⁹.

    Args:
        mean_loss: Over all examples, in nats. Take it in float64: a float32 mean may be
            rounded down by more than is allowed for.
        examples: Their number.

    Raises:
        ValueError: No example, or a mean loss that is negative or nan.

    Example:
        >>> most_errors(0.006, examples=100), most_errors(0.01, examples=100)
        (0, 1)
    """
    allowed = examples * mean_loss / math.log(2)
    # A tie costs log 2 exactly, and the mean may have been rounded down.
    return math.floor(min(examples, allowed * (1 + 1e-9)))


# --8<-- [end:most_errors]


# --8<-- [start:confidence_refuses]
def never_largest(confidence, classes):
    if not 1 / classes <= confidence <= 1:
        raise ValueError(
            f"the largest of {classes} probabilities cannot be {confidence}; take one "
            f"from 1/{classes} to 1"
        )


@refuses(never_largest, classes=too_few)
# --8<-- [end:confidence_refuses]
# --8<-- [start:confidence]
def confidence_loss_bounds(
    classes: int, confidence: float, correct: bool = True
) -> tuple[float, float]:
    """Smallest and largest loss, in nats, if the likeliest class has this probability.

    Right: exactly -log(confidence). Wrong: the true class has what the winner left, at
    most, and no more than the winner; and at least what the other classes, none of
    them above the winner, must leave to it.

    Args:
        classes: Number of classes, at least 2.
        confidence: The largest probability, from 1/classes to 1.
        correct: Whether the likeliest class is the true one.

    Returns:
        (smallest, largest) in nats.

    Raises:
        ValueError: Fewer than two classes, or no largest probability can be this.

    Example:
        99% sure: nearly free if right, and more than 4.6 nats if wrong.

        >>> [round(confidence_loss_bounds(10, 0.99, r)[0], 3) for r in (True, False)]
        [0.01, 4.605]
    """
    if correct:
        return loss_of(confidence), loss_of(confidence)
    most = min(confidence, 1 - confidence)
    least = min(max(0.0, 1 - (classes - 1) * confidence), most)
    return loss_of(most), loss_of(least)


def loss_of(p: float) -> float:
    """-log p, and infinity where p is 0."""
    # 0.0 - makes 0 of "-0.0" at p = 1.
    return 0.0 - math.log(p) if p > 0 else math.inf


# --8<-- [end:confidence]
