"""Practice for question 17: the bounds of the loss of a right or a wrong example."""

import math

from answers.grader.exercise import Exercise
from answers.probability.loss_bounds import loss_bounds

exercise = Exercise(
    loss_bounds,
    page="17-loss-bounds",
    returns=("infimum", "supremum"),
    hints=(
        "The loss is -log p_y. Find the smallest and the largest p_y first; the largest gives "
        "the infimum of the loss.",
        "Right: p_y is above each of the others, and all of them sum to 1. How small can p_y "
        "be, and what do the probabilities look like there?",
        "Wrong: one other class is above p_y. Does it matter how many more there are?",
        "`math.inf` is a float; where the loss can be as large as you like, it is the supremum.",
    ),
)

exercise.case("2 classes, right", 2)
exercise.case("2 classes, wrong", 2, False)
exercise.case("3 classes, right", 3, True)
exercise.case("3 classes, wrong", 3, False)
exercise.case("10 classes, right", 10)
exercise.case("10 classes, wrong, by its name", 10, correct=False)
exercise.case("1000 classes, right", 1000)
exercise.case("1000 classes, wrong", 1000, False)
exercise.case("50 257 classes, right", 50_257)


@exercise.bug(wrong_from=(math.log(2), 0.0))
def no_upper_bound(classes, correct=True, wrong_from=0.0):
    """A right example is given no upper bound. Its class is the likeliest of all, so it cannot
    have less than 1/classes, nor a loss above log(classes)."""
    # "A right example is given no upper bound": got.supremum == math.inf
    # "it cannot have less than 1/classes, nor a loss above log(classes)": (0.0 if correct else
    #     wrong_from, math.inf) → (0.0 if correct else math.log(2), -math.log(1 / classes) if
    #     correct else math.inf)
    return 0.0 if correct else wrong_from, math.inf


@exercise.bug
def certainty(classes, correct=True):
    """A right example is taken to have p_y = 1 and so loss 0. Accuracy asks which class is the
    likeliest, not how likely it is."""
    # "A right example is taken to have p_y = 1 and so loss 0": got.supremum == -math.log(1) ==
    #     0
    return (0.0, 0.0) if correct else loss_bounds(classes, False)


@exercise.bug
def two_classes_always(classes, correct=True):
    """The supremum is log 2 for any number of classes. With more than two, the likeliest class
    may have less than a half: a right one only has more than 1/classes."""
    # "The supremum is log 2 for any number of classes": got.supremum == math.log(2)
    # "a right one only has more than 1/classes": loss_bounds(2, correct) → (0.0, -math.log(1 /
    #     classes)) if correct else (math.log(2), math.inf)
    # "With more than two, the likeliest class may have less than a half": classes > 2 and
    #     -math.log(1 / classes) > -math.log(1 / 2) == got.supremum
    return loss_bounds(2, correct)


@exercise.bug
def one_class_too_few(classes, correct=True):
    """The supremum is log(classes - 1). The tie that it comes from is one of all classes, the
    true one among them: each has 1/classes."""
    # "The supremum is log(classes - 1)": got.supremum == math.log(classes - 1)
    # "The tie that it comes from is one of all classes, the true one among them: each has
    #     1/classes": math.log(classes - 1) → -math.log(1 / classes)
    low, high = loss_bounds(classes, correct)
    return low, math.log(classes - 1) if correct else high


@exercise.bug
def wrong_starts_at_log_classes(classes, correct=True):
    """A wrong example is given the infimum log(classes), where the supremum of a right one is.
    The two overlap: a wrong class may have nearly 1/2, so its loss may be just above log 2."""
    # "A wrong example is given the infimum log(classes), where the supremum of a right one is":
    #     got.infimum == math.log(classes) == right(classes)[1]
    # "a wrong class may have nearly 1/2, so its loss may be just above log 2":
    #     math.log(classes) → -math.log(1 / 2)
    return (0.0 if correct else math.log(classes)), loss_bounds(classes, correct)[1]


@exercise.bug
def wrong_starts_at_0(classes, correct=True):
    """A wrong example is given the infimum 0. The class above it has more than p_y, and both
    have at most 1, so p_y is below 1/2."""
    # "A wrong example is given the infimum 0": got.infimum == 0
    # "so p_y is below 1/2": 0.0 → 0.0 if correct else -math.log(1 / 2)
    # "The class above it has more than p_y, and both have at most 1": right(2, False)[0] ==
    #     -math.log(1 / 2) and got.infimum == 0
    return 0.0, loss_bounds(classes, correct)[1]


@exercise.bug
def wrong_is_below_one_less_a_share(classes, correct=True):
    """A wrong p_y is bounded by 1 - 1/classes, as if the winner could have just 1/classes. If
    p_y has more than that, the winner has still more: p_y is below 1/2."""
    # "A wrong p_y is bounded by 1 - 1/classes": got.infimum == -math.log(1 - 1 / classes)
    # "the winner has still more: p_y is below 1/2": -math.log(1 - 1 / classes) → -math.log(1 /
    #     2)
    # "as if the winner could have just 1/classes. If p_y has more than that": 1 - 1 / classes >
    #     1 / classes and got.infimum == -math.log(1 - 1 / classes)
    low, high = loss_bounds(classes, correct)
    return (low if correct else -math.log(1 - 1 / classes)), high


@exercise.bug
def wrong_ends_at_log_classes(classes, correct=True):
    """A wrong example is given a finite supremum. Its class may have as small a probability as
    you like, so its loss has no bound."""
    # "A wrong example is given a finite supremum": math.isfinite(got.supremum)
    # "Its class may have as small a probability as you like, so its loss has no bound":
    #     math.log(classes) → math.log(classes) if correct else math.inf
    low, _ = loss_bounds(classes, correct)
    return low, math.log(classes)


@exercise.bug
def bits_for_nats(classes, correct=True):
    """The logarithm is to base 2, which gives bits. Nats are asked for, as PyTorch
    reports them: use the natural logarithm."""
    # "The logarithm is to base 2, which gives bits": np.isclose(got.supremum,
    #     math.log2(classes))
    # "Nats are asked for, as PyTorch reports them: use the natural logarithm": math.log(2) →
    #     math.log(math.e)
    return tuple(each / math.log(2) for each in loss_bounds(classes, correct))


@exercise.bug
def tenths_for_nats(classes, correct=True):
    """The logarithm is to base 10. Nats are asked for, as PyTorch reports them: use the
    natural logarithm, `math.log`."""
    # "The logarithm is to base 10": np.isclose(got.supremum, math.log10(classes))
    # "Nats are asked for, as PyTorch reports them: use the natural logarithm, `math.log`":
    #     math.log(10) → math.log(math.e)
    return tuple(each / math.log(10) for each in loss_bounds(classes, correct))


@exercise.bug
def probabilities_returned(classes, correct=True):
    """These are the bounds of the probability of the true class, not of its loss. Take -log of
    each; the larger probability gives the smaller loss."""
    # "These are the bounds of the probability of the true class, not of its loss": got.infimum
    #     == 1 / classes and got.supremum == 1
    # "Take -log of each; the larger probability gives the smaller loss": (1 / classes, 1.0) if
    #     correct else (0.0, 0.5) → (-math.log(1.0), -math.log(1 / classes)) if correct else
    #     (-math.log(0.5), math.inf)
    return (1 / classes, 1.0) if correct else (0.0, 0.5)


@exercise.bug
def right_and_wrong_swapped(classes, correct=True):
    """The bounds of right and wrong examples are exchanged. A right one costs less than
    log(classes), a wrong one more than log 2."""
    # "The bounds of right and wrong examples are exchanged": (got.infimum, got.supremum) ==
    #     right(classes, not correct)
    # "A right one costs less than log(classes), a wrong one more than log 2":
    #     loss_bounds(classes, not correct) → (0.0, math.log(classes)) if correct else (math.log(2),
    #     math.inf)
    return loss_bounds(classes, not correct)


@exercise.bug
def correct_ignored(classes, correct=True):
    """The argument `correct` is not used. A wrong example has other bounds: at least log 2, and
    no upper one."""
    # "The argument `correct` is not used": bug(classes, correct=True) == bug(classes,
    #     correct=False)
    # "A wrong example has other bounds: at least log 2, and no upper one": loss_bounds(classes)
    #     → (0.0, math.log(classes)) if correct else (math.log(2), math.inf)
    return loss_bounds(classes)


@exercise.bug
def minus_lost(classes, correct=True):
    """The loss is negative: log p_y without its minus. The cross-entropy is -log p_y, which is
    never below 0."""
    # "The loss is negative: log p_y without its minus": got.infimum == math.log(1 / classes) <
    #     0
    # "The cross-entropy is -log p_y, which is never below 0": (-high, -low) → (--low, --high)
    low, high = loss_bounds(classes, correct)
    return -high, -low
