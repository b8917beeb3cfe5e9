"""Digits with labels that are known to be wrong, to measure what finds and mends them.

The images are scikit-learn's 1,797 digits of 8 by 8 pixels. Their own labels count as true;
`flip_labels` makes some of them wrong, at random or the same way for a whole class.
"""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import refuse_empty, refuse_labels_out_of_range
from answers.inputs.contracts import refuses
from answers.labels.label_quality import (
    confident_class,
    find_label_issues,
    noise_matrix,
    refuse_no_probabilities,
)
from answers.networks.two_layer_net import TwoLayerNet
from answers.probability.softmax import softmax

Labels = Integer[ndarray, " items"] | Bool[ndarray, " items"]

# --8<-- [start:flips]
# Digits that people confuse: a 1 called 7, a 3 called 8, a 4 called 9, a 5 called 6.
CONFUSED = ((1, 7), (3, 8), (4, 9), (5, 6))


def uniform_flips(rate: float, classes: int = 10) -> Float[ndarray, "classes classes"]:
    """Every label is wrong with probability `rate`, in any way."""
    return np.eye(classes) * (1 - rate) + (1 - np.eye(classes)) * rate / (classes - 1)


def one_way_flips(rate: float, pairs=CONFUSED, classes: int = 10):
    """Of each pair, the first class carries the label of the second with probability
    `rate`."""
    transition = np.eye(classes)
    for true, given in pairs:
        transition[true, [true, given]] = 1 - rate, rate
    return transition


# --8<-- [end:flips]


# --8<-- [start:flip_labels_refuses]
def no_class(labels, transition):
    refuse_labels_out_of_range(labels, len(transition), "labels")


@refuses(no_class, labels=refuse_empty, transition=refuse_no_probabilities)
# --8<-- [end:flip_labels_refuses]
# --8<-- [start:flip_labels]
def flip_labels(
    labels: Labels,
    transition: Real[ndarray, "classes classes"],
    rng: np.random.Generator,
) -> Integer[ndarray, " items"]:
    """Labels as a careless annotator would give them.

    Args:
        labels: The true class of each example.
        transition: Row: true class, column: label; each row sums to 1.
        rng: Where chance comes from.

    Raises:
        ValueError: There is no label, one is out of range, or a row of `transition` holds
            no probabilities.

    Example:
        Every 0 becomes a 1.

        >>> always = np.array([[0.0, 1.0], [0.0, 1.0]])
        >>> flip_labels(np.array([0, 1, 0]), always, np.random.default_rng(0))
        array([1, 1, 1])
    """
    steps = (transition / transition.sum(axis=1, keepdims=True)).cumsum(axis=1)
    drawn = rng.random(len(labels))
    # The last step is 1 but for rounding, and no draw may lie above it.
    return (drawn[:, None] >= steps[labels.astype(np.intp), :-1]).sum(axis=1)


# --8<-- [end:flip_labels]


# --8<-- [start:digits]
def digits() -> tuple[Float[ndarray, "items pixels"], Integer[ndarray, " items"]]:
    """The images, from 0 to 1, and their labels."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return images / 16, labels


def features():
    """100 radial basis functions."""
    from sklearn.kernel_approximation import Nystroem

    return Nystroem(gamma=0.1, n_components=100, random_state=0)


def classifier(fit: float = 30):
    """Logistic regression on `features`; the larger `fit`, the more it believes each
    label."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(features(), LogisticRegression(C=fit, solver="newton-cg"))


def out_of_fold(images, labels, fit: float = 30, seed: int = 0):
    """Each example's probabilities, of a model trained on the four folds without it."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_predict(
        classifier(fit), images, labels, cv=folds, method="predict_proba"
    )


# --8<-- [end:digits]


# --8<-- [start:lookalikes]
def lookalike_flips(images, labels, share: float, seed: int = 0):
    """Of each pair, `share` of the first class carries the second's label: the digits that a
    model takes for it most."""
    likeness, flipped = out_of_fold(images, labels, seed=seed), labels.copy()
    for true, given in CONFUSED:
        members = np.flatnonzero(labels == true)
        order = np.argsort(-likeness[members, given])
        flipped[members[order[: round(share * len(members))]]] = given
    return flipped


def marked(images: Real[ndarray, "items pixels"]) -> Float[ndarray, "items pixels"]:
    """The same digits with four bright pixels in both corners on the left."""
    squares = images.reshape(-1, 8, 8).copy()
    squares[:, :2, :2] = squares[:, -2:, :2] = 1
    return squares.reshape(images.shape)


# --8<-- [end:lookalikes]


# --8<-- [start:train_through]
def loss_through(
    matrix: Float[ndarray, "classes classes"],
    weights: Float[ndarray, " parameters"],
    x: Float[ndarray, "items features"],
    labels: Integer[ndarray, " items"],
) -> tuple[float | np.float64, Float[ndarray, " parameters"]]:
    """Cross-entropy of the labels that the matrix makes of the model's classes, and its
    gradient.

    The label y has probability `sum_k p[k] matrix[k, y]`. At the logits the gradient is p
    less the probabilities of the true class *given the label*: with the identity for matrix
    it is `p - onehot`.
    """
    p = softmax(x @ weights.reshape(-1, len(matrix)))
    # A label that the matrix rules out must not cost infinity.
    sources = p * (matrix[:, labels].T + 1e-12)
    of_label = sources.sum(axis=1, keepdims=True)
    gradient = x.T @ (p - sources / of_label)
    return -np.log(of_label).sum(), gradient.ravel()


def train_through(
    matrix: Float[ndarray, "classes classes"],
    images: Float[ndarray, "items pixels"],
    labels: Labels,
    fit: float = 30,
):
    """`classifier`, trained through a noise matrix: its probabilities are those of the true
    class.

    Args:
        matrix: Row: true class, column: label.
        images: To train on.
        labels: Of these images, right or wrong.
        fit: As for `classifier`.

    Returns:
        A function that gives the probabilities of images.

    Source:
        Patrini et al. (2017), Making Deep Neural Networks Robust to Label Noise: the forward
        correction
    """
    from scipy.optimize import minimize

    basis, classes = features().fit(images), len(matrix)

    def with_bias(images):
        return np.pad(basis.transform(images), ((0, 0), (0, 1)), constant_values=1)

    x, labels = with_bias(images), labels.astype(np.intp)
    penalty = np.repeat(np.arange(x.shape[1]) < x.shape[1] - 1, classes) / fit

    def penalised(weights):
        loss, gradient = loss_through(matrix, weights, x, labels)
        return loss + (penalty * weights**2).sum() / 2, gradient + penalty * weights

    found = minimize(penalised, np.zeros(penalty.size), jac=True, method="L-BFGS-B")
    weights = found.x.reshape(-1, classes)
    return lambda images: softmax(with_bias(images) @ weights)


def out_of_fold_through(matrix, images, labels, fit: float = 30, seed: int = 0):
    """As `out_of_fold`, of models that are trained through the matrix."""
    from sklearn.model_selection import StratifiedKFold

    p = np.empty((len(images), len(matrix)))
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    for train, held_out in folds.split(images, labels):
        model = train_through(matrix, images[train], labels[train], fit)
        p[held_out] = model(images[held_out])
    return p


# --8<-- [end:train_through]


# --8<-- [start:record_training]
def record_training(
    images: Real[ndarray, "items pixels"],
    labels: Labels,
    rng: np.random.Generator,
    epochs: int = 20,
) -> Float[ndarray, "epochs items classes"]:
    """The probabilities of a two-layer network for its own training data, after each epoch."""
    net = TwoLayerNet(images.shape[1], hidden=64, classes=10, rng=rng)
    recorded = []
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        for start in range(0, len(labels), 32):
            batch = order[start : start + 32]
            _, gradients = net.loss_and_gradients(images[batch], labels[batch])
            for name, gradient in gradients.items():
                net.params[name] -= 0.3 * gradient
        recorded.append(softmax(net.logits(images)))
    return np.stack(recorded)


# --8<-- [end:record_training]


# --8<-- [start:slanted]
def slanted(
    images: Real[ndarray, "items pixels"], by: float = 0.75
) -> Float[ndarray, "items pixels"]:
    """The same digits in another hand: upper rows of pixels are moved to the right, lower
    ones to the left."""
    rows = np.pad(images.reshape(-1, 8, 8), ((0, 0), (0, 0), (8, 8)))
    shifts = [8 - round((3.5 - y) * by) for y in range(8)]
    moved = [rows[:, y, start : start + 8] for y, start in enumerate(shifts)]
    return np.stack(moved, axis=1).reshape(images.shape)


# --8<-- [end:slanted]


# --8<-- [start:repairs]
def repairs(
    transition: Float[ndarray, "classes classes"], fit: float, repeat: int
) -> dict[str, float]:
    """The accuracy on clean test images after each way of treating suspicious labels.

    Half of the images train, with flipped labels; the other half test, with true ones. Each
    repeat has its own halves, flips and folds. The model that flags is the model that is
    trained in the end, out of fold.
    """
    rng = np.random.default_rng([13, repeat])
    images, truth = digits()
    order = rng.permutation(len(truth))
    train, test = order[:900], order[900:]
    x, labels = images[train], flip_labels(truth[train], transition, rng)

    p = out_of_fold(x, labels, fit, seed=repeat)
    flagged = find_label_issues(p, labels)
    own = p[np.arange(len(labels)), labels]
    at_random = np.isin(np.arange(len(labels)), rng.permutation(900)[: flagged.sum()])
    wrong = labels != truth[train]

    def accuracy(labels, weights):
        # A mean weight of 1: else the penalty of the weights would count for more.
        model = classifier(fit).fit(
            x, labels, logisticregression__sample_weight=weights / weights.mean()
        )
        return float((model.predict(images[test]) == truth[test]).mean())

    everything = np.ones(len(labels))
    through = train_through(noise_matrix(p, labels), x, labels, fit)
    suggested = np.where(flagged, confident_class(p, labels), labels)
    return {
        "keep everything": accuracy(labels, everything),
        "remove as many at random": accuracy(labels, everything * ~at_random),
        "remove the flagged": accuracy(labels, everything * ~flagged),
        "relabel the flagged": accuracy(suggested, everything),
        "weigh the flagged by p(label)": accuracy(labels, np.where(flagged, own, 1)),
        "weigh all by p(label)": accuracy(labels, own),
        "train through the noise matrix": float(
            (through(images[test]).argmax(axis=1) == truth[test]).mean()
        ),
        "remove exactly the wrong": accuracy(labels, everything * ~wrong),
        "precision": float(wrong[flagged].mean()),
        "recall": float(flagged[wrong].mean()),
    }


# --8<-- [end:repairs]
