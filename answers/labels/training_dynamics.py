"""How a model takes to each label while it learns: easy, ambiguous, or never convinced."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import refuse_labels_out_of_range
from answers.inputs.contracts import refuses
from answers.labels.label_quality import refuse_no_probabilities


# --8<-- [start:result]
@dataclass(frozen=True, eq=False)
class TrainingDynamics:
    """How a model took to each label in the course of its training.

    Attributes:
        confidence: The mean over epochs of the probability of the label.
        variability: Its standard deviation over epochs.
        correctness: The share of epochs in which the label was the most probable class.
    """

    confidence: Float[ndarray, " items"]
    variability: Float[ndarray, " items"]
    correctness: Float[ndarray, " items"]


# --8<-- [end:result]


# --8<-- [start:training_dynamics_refuses]
def no_class(labels, probabilities):
    refuse_labels_out_of_range(labels, probabilities.shape[2], "labels")


@refuses(no_class, probabilities=refuse_no_probabilities)
# --8<-- [end:training_dynamics_refuses]
# --8<-- [start:training_dynamics]
def training_dynamics(
    probabilities: Real[ndarray, "epochs items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> TrainingDynamics:
    """Where each example stands on the map of easy, ambiguous and hard-to-learn ones.

    High confidence is easy. High variability is ambiguous. Low confidence with low
    variability is hard to learn: the model keeps contradicting the label, which is often
    wrong. The model is trained on these very examples, so stop before it knows them by
    heart.

    Args:
        probabilities: What the model says after each epoch, for the examples it learns.
        labels: The given label of each example.

    Raises:
        ValueError: There is no epoch or example, a label is not one of 0 to classes - 1,
            or a row of probabilities holds nan or a negative number, or does not sum to 1.

    Source:
        Swayamdipta et al. (2020), Dataset Cartography, section 2

    Example:
        >>> p = np.array([[[0.5, 0.5], [0.75, 0.25]], [[1.0, 0.0], [0.75, 0.25]]])
        >>> dynamics = training_dynamics(p, np.array([0, 1]))
        >>> dynamics.confidence, dynamics.variability, dynamics.correctness
        (array([0.75, 0.25]), array([0.25, 0.  ]), array([1., 0.]))
    """
    p = np.asarray(probabilities, np.result_type(probabilities, np.float32))
    own = p[:, np.arange(p.shape[1]), labels.astype(np.intp)]
    right = p.argmax(axis=2) == labels
    return TrainingDynamics(own.mean(axis=0), own.std(axis=0), right.mean(axis=0))


# --8<-- [end:training_dynamics]
