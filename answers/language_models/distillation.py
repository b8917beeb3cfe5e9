"""Distillation: a small model learns the softened probabilities of a large one, and labels."""

import math

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.probability.kl_of_logits import kl_from_logits
from answers.probability.softmax import cross_entropy, softmax


# --8<-- [start:distillation_loss_refuses]
def no_class(targets, student):
    refuse_labels_out_of_range(targets, student.shape[1], "targets")


def no_temperature(temperature, name):
    if not 0 < temperature < math.inf:  # nan fails every comparison
        raise ValueError(f"`{name}` is {temperature}; choose a finite number above 0")


def no_share(weight, name):
    if not 0 <= weight <= 1:
        raise ValueError(f"`{name}` is {weight}; choose a share from 0 to 1")


def overflows(result):
    refuse_overflowed(result[0], "the loss")
    refuse_overflowed(result[1], "the gradient")


LOGITS = refuse_empty, refuse_nan


@refuses(
    *(no_class, overflows),
    **{"student": LOGITS, "teacher": LOGITS},
    **{"temperature": no_temperature, "weight": no_share},
)
# --8<-- [end:distillation_loss_refuses]
# --8<-- [start:distillation_loss]
def distillation_loss(
    student: Real[ndarray, "batch classes"],
    teacher: Real[ndarray, "batch classes"],
    targets: Integer[ndarray, " batch"] | Bool[ndarray, " batch"],
    temperature: float,
    weight: float,
) -> tuple[np.floating, Float[ndarray, "batch classes"]]:
    """weight · T² · KL(p‖q) + (1 - weight) · cross-entropy, and its gradient.

    p and q are the softmax of the teacher's and of the student's logits over T. The labels are
    met at T = 1.

    How:
        The gradient of KL(p‖q) with respect to the student's logits is (q - p) / T, so T² leaves
        T (q - p). At large T, q - p shrinks as 1/T, and the product no longer depends on T.

    Args:
        student: Logits of the model that learns.
        teacher: Logits of the other, which gets no gradient.
        targets: The index of the right class of each example.
        temperature: T, by which both models' logits are divided in the first term.
        weight: The share of the first term, from 0 to 1.

    Returns:
        The loss in nats, a mean over the batch, and its gradient with respect to `student`.

    Raises:
        ValueError: The batch is empty, logits hold nan or infinity, a target is no class, the
            temperature is not above 0, the weight is no share, or the loss overflows.

    Source:
        Hinton, Vinyals and Dean (2015), Distilling the Knowledge in a Neural Network, section
        2, https://arxiv.org/abs/1503.02531

    Example:
        At T = 2 the teacher's p is the softmax of (log 3, 0), and q is even.

        >>> teacher = np.array([[2 * np.log(3.0), 0.0]])
        >>> loss, gradient = distillation_loss(np.zeros((1, 2)), teacher, np.array([0]), 2.0, 1.0)
        >>> loss.round(6), gradient
        (np.float64(0.523248), array([[-0.5,  0.5]]))
    """
    t = temperature
    z, v = as_float(student) / t, as_float(teacher) / t
    soft = kl_from_logits(v, z).mean()
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t * t * soft + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


# --8<-- [end:distillation_loss]
