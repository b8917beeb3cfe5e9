"""Practice for question 1: the loss and every gradient of a two-layer classifier."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import BOOLEAN, SLOPE
from answers.grader.number_types import add_whole_numbers
from answers.networks.two_layer_net import two_layer_gradients
from answers.probability.softmax import softmax

exercise = Exercise(
    two_layer_gradients,
    page="01-backpropagation",
    returns=("loss", "gradients"),
    hints=(
        "Forward first, and keep what you pass: z = x w1 + b1, hidden = max(z, 0), logits = "
        "hidden w2 + b2. Write each shape beside it.",
        "Start backward with the gradient of the logits. It is the only place where the batch "
        "size appears, because the loss is a mean.",
        "An affine layer sends back dw = inputᵀ dout, db = the sum of dout over the batch and "
        "dinput = dout wᵀ. It is used twice here, with a mask in between.",
        "The mask of ReLU is z > 0, with the z of this forward pass; it goes on the gradient of "
        "hidden, not of the logits.",
    ),
)


def network(seed, batch, d_in, hidden, classes):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(batch, d_in)), rng.integers(classes, size=batch)
    w1, b1 = rng.normal(size=(d_in, hidden)), rng.normal(size=hidden)
    w2, b2 = rng.normal(size=(hidden, classes)) / hidden, rng.normal(size=classes)
    return x, y, w1, b1, w2, b2


def scaled(size, x, y, w1, b1, w2, b2):
    return x, y, w1, b1, size * w2, size * b2


def one_row_far(x, y, w1, b1, w2, b2):
    """A feature that is large in one row, and adds as much to each of its logits."""
    x = np.column_stack([x, 30.0 * (np.arange(len(x)) == 2)])
    w1, w2 = np.pad(w1, ((0, 1), (0, 1))), np.pad(w2, ((0, 1), (0, 0)))
    w1[-1, -1], w2[-1] = 31, 1
    return x, y, w1, np.append(b1, 1.0), w2, b2


one, seven = network(1, 1, 5, 3, 2), network(17, 7, 5, 11, 3)
x, y, w1, b1, w2, b2 = one
exercise.case("one example, every hidden unit on", x, y, w1, b1 + 6, w2, b2)
exercise.case("one example, some hidden units off", *network(11, 1, 5, 11, 3))
exercise.case("7 examples", *seven)
exercise.case("as many inputs as hidden units and classes", *network(3, 3, 3, 3, 3))
exercise.case("logits in the thousands", *scaled(1e4, *seven))
exercise.case("one example whose logits are all 930 higher", *one_row_far(*seven))
exercise.case(
    "a last class that no example has", seven[0], np.minimum(seven[1], 1), *seven[2:]
)
exercise.case(
    "a first class that no example has",
    *(seven[0], np.maximum(seven[1], 1), *seven[2:]),
)
pixels = np.random.default_rng(8).integers(17, size=(7, 5), dtype=np.uint8)
exercise.case("pixels from 0 to 16", pixels, *seven[1:])
exercise.case(
    "float32", *(a if a.dtype.kind == "i" else a.astype(np.float32) for a in seven)
)
whole = np.random.default_rng(4)
sizes = (3, 2), (2, 4), 4, (4, 2), 2
x, *weights = (whole.integers(-1, 2, size=size) for size in sizes)
w1, b1, *above = weights
exercise.case(
    "hidden units of exactly 0", x, np.array([1, 0, 1]), *weights, noted=SLOPE
)
# Even and odd numbers: no hidden unit is 0.
odd = 2 * x, np.array([1, 0, 1]), w1, 2 * b1 + 1, *above
add_whole_numbers(exercise, *odd)
x, y, w1, *rest = odd
exercise.case(
    "integers, with fractions in the biases",
    *(x, y, w1, rest[0] + 0.25, rest[1], rest[2] + 0.25),
)
exercise.case(
    "labels as booleans",
    *network(5, 4, 5, 3, 2)[:1],
    np.array([1, 0, 0, 1]) > 0,
    *network(5, 4, 5, 3, 2)[2:],
    noted=BOOLEAN,
)


def forward(x, w1, b1, w2, b2):
    z = x @ w1 + b1
    return z, np.maximum(z, 0) @ w2 + b2


def slopes(logits, y):
    """The gradient of the summed loss with respect to the logits."""
    return softmax(logits) - np.eye(logits.shape[1])[y]


def backward(x, z, dlogits, w1, w2, mask):
    dz = (dlogits @ w2.T) * mask
    return {
        "x": dz @ w1.T,
        "w1": x.T @ dz,
        "b1": dz.sum(axis=0),
        "w2": np.maximum(z, 0).T @ dlogits,
        "b2": dlogits.sum(axis=0),
    }


@exercise.bug
def gradient_of_the_sum(x, y, w1, b1, w2, b2):
    """The loss is a mean but the gradients are those of the sum: every one is N times too
    large. Divide the gradient of the logits by the batch size."""
    # "The loss is a mean but the gradients are those of the sum: every one is N times too
    #     large": got.loss == want.loss and all(np.allclose(got.gradients[name], len(x) * each) for
    #     name, each in want.gradients.items())
    # "Divide the gradient of the logits by the batch size": gradient * len(x) for → gradient *
    #     len(x) / len(x) for
    loss, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    return loss, {name: gradient * len(x) for name, gradient in gradients.items()}


@exercise.bug
def sum_for_mean(x, y, w1, b1, w2, b2):
    """The loss and its gradients are summed over the batch, so they grow with its size. Divide
    the loss and the gradient of the logits by the batch size."""
    # "The loss and its gradients are summed over the batch, so they grow with its size":
    #     np.isclose(got.loss, len(x) * want.loss) and np.allclose(got.gradients["w1"], len(x) *
    #     want.gradients["w1"])
    # "Divide the loss and the gradient of the logits by the batch size": * len(x) → * len(x) /
    #     len(x)
    loss, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    return loss * len(x), {
        name: gradient * len(x) for name, gradient in gradients.items()
    }


@exercise.bug
def averaged_twice(x, y, w1, b1, w2, b2):
    """The gradients are divided by the batch size twice. The 1/N stands once, in the gradient
    of the logits, and no layer repeats it."""
    # "The gradients are divided by the batch size twice": np.allclose(len(x) *
    #     got.gradients["w1"], want.gradients["w1"])
    # "The 1/N stands once, in the gradient of the logits, and no layer repeats it": / len(x) →
    loss, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    return loss, {name: gradient / len(x) for name, gradient in gradients.items()}


@exercise.bug
def onehot_not_subtracted(x, y, w1, b1, w2, b2):
    """The gradient of the logits is p, which pushes every logit down whatever the label.
    Subtract 1 at the label of each example: (p - onehot) / N."""
    # "The gradient of the logits is p, which pushes every logit down whatever the label":
    #     np.allclose(got.gradients["b2"], softmax(forward(x, w1, b1, w2, b2)[1])[0]) and
    #     (got.gradients["b2"] > 0).all()
    # "Subtract 1 at the label of each example: (p - onehot) / N": softmax(logits) / len(x) →
    #     (softmax(logits) - np.eye(logits.shape[1])[y]) / len(x)
    loss, _ = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    return loss, backward(x, z, softmax(logits) / len(x), w1, w2, z > 0)


@exercise.bug
def no_mask(x, y, w1, b1, w2, b2):
    """The backward pass goes through hidden units that ReLU had switched off. Multiply the
    gradient of the hidden layer by z > 0."""
    # "The backward pass goes through hidden units that ReLU had switched off":
    #     got.gradients["b1"][(x @ w1 + b1)[0] < 0].any()
    # "Multiply the gradient of the hidden layer by z > 0": w2, 1) → w2, z > 0)
    loss, _ = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    return loss, backward(x, z, slopes(logits, y) / len(x), w1, w2, 1)


@exercise.bug
def mask_from_the_gradient(x, y, w1, b1, w2, b2):
    """The mask is taken from the gradient, so every negative gradient is lost. Take it from the
    forward pass: z > 0."""
    # "The mask is taken from the gradient, so every negative gradient is lost":
    #     (got.gradients["b1"] >= 0).all() and (want.gradients["b1"] < 0).any()
    # "Take it from the forward pass: z > 0": dlogits @ w2.T > 0 → z > 0
    loss, _ = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    dlogits = slopes(logits, y) / len(x)
    return loss, backward(x, z, dlogits, w1, w2, dlogits @ w2.T > 0)


@exercise.bug
def mask_from_another_pass(x, y, w1, b1, w2, b2):
    """The mask is not that of the forward pass: it is computed again, without the bias. Keep z
    and use z > 0."""
    # "The mask is not that of the forward pass: it is computed again, without the bias":
    #     np.array_equal(got.gradients["b1"] != 0, (x @ w1 > 0)[0])
    # "Keep z and use z > 0": x @ w1 > 0 → z > 0
    loss, _ = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    return loss, backward(x, z, slopes(logits, y) / len(x), w1, w2, x @ w1 > 0)


@exercise.bug
def mask_of_the_wrong_layer(x, y, w1, b1, w2, b2):
    """A ReLU mask is applied to the gradient of the logits, but no ReLU follows the second
    layer. Mask the gradient of the hidden layer only."""
    # "A ReLU mask is applied to the gradient of the logits, but no ReLU follows the second
    #     layer": not got.gradients["b2"][forward(x, w1, b1, w2, b2)[1][0] < 0].any() and
    #     (forward(x, w1, b1, w2, b2)[1] < 0).any()
    # "Mask the gradient of the hidden layer only": * (logits > 0) →
    loss, _ = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    return loss, backward(
        x, z, slopes(logits, y) / len(x) * (logits > 0), w1, w2, z > 0
    )


@exercise.bug
def biases_not_summed(x, y, w1, b1, w2, b2):
    """The gradients of the biases are still one row per example. A bias is used once per
    example, so its gradient is the sum over the batch: `.sum(axis=0)`."""
    # "The gradients of the biases are still one row per example": got.gradients["b2"].shape ==
    #     (len(x), len(b2)) and got.gradients["b1"].shape == (len(x), len(b1))
    # "its gradient is the sum over the batch: `.sum(axis=0)`": 'b2': db2, 'b1': db2 @ w2.T * (z
    #     > 0) → 'b2': db2.sum(axis=0), 'b1': (db2 @ w2.T * (z > 0)).sum(axis=0)
    loss, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    db2 = slopes(logits, y) / len(x)
    return loss, {**gradients, "b2": db2, "b1": (db2 @ w2.T) * (z > 0)}


@exercise.bug(layer=(1, 2))
def weights_not_transposed(x, y, w1, b1, w2, b2, layer=1):
    """A gradient goes back through the weights as they are, where only their transpose has the
    right sizes (if w is square, nothing raises). Multiply by `w2.T`, then by `w1.T`."""
    # "A gradient goes back through the weights as they are, where only their transpose has the
    #     right sizes": isinstance(got, ValueError)
    # "Multiply by `w2.T`, then by `w1.T`": backward(x, z, slopes(logits, y) / len(x), w1, w2, z
    #     > 0) → (lambda w1, w2, dz: {'x': dz @ w1.T, 'w1': x.T @ dz, 'b1': dz.sum(axis=0), 'w2':
    #     np.maximum(z, 0).T @ (slopes(logits, y) / len(x)), 'b2': (slopes(logits, y) /
    #     len(x)).sum(axis=0)})(w1 if layer == 2 else w1.T, w2, slopes(logits, y) / len(x) @ (w2.T
    #     if layer == 1 else w2) * (z > 0))
    loss, _ = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    w1, w2 = (w1.T, w2) if layer == 1 else (w1, w2.T)
    return loss, backward(x, z, slopes(logits, y) / len(x), w1, w2, z > 0)


@exercise.bug
def no_maximum(x, y, w1, b1, w2, b2):
    """exp overflows on large logits, and inf/inf is nan. Subtract each row's maximum before
    exp, and take log p as logits - logsumexp(logits)."""
    # "exp overflows on large logits, and inf/inf is nan": np.isnan(got.loss)
    # "Subtract each row's maximum before exp, and take log p as logits - logsumexp(logits)":
    #     np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True) → np.exp((log_p := logits -
    #     logits.max(axis=1, keepdims=True) - np.log(np.exp(logits - logits.max(axis=1,
    #     keepdims=True)).sum(axis=1, keepdims=True)))); -np.log(p[np.arange(len(x)), y]).mean() →
    #     -log_p[np.arange(len(x)), y].mean()
    z, logits = forward(x, w1, b1, w2, b2)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    dlogits = (p - np.eye(logits.shape[1])[y]) / len(x)
    return -np.log(p[np.arange(len(x)), y]).mean(), backward(
        x, z, dlogits, w1, w2, z > 0
    )


@exercise.bug
def global_maximum(x, y, w1, b1, w2, b2):
    """The maximum subtracted is that of the whole batch, so a row far below it has the
    probabilities 0/0. Take the maximum of each row, with keepdims=True."""
    # "a row far below it has the probabilities 0/0": np.isnan(got.gradients["w2"]).any()
    # "Take the maximum of each row, with keepdims=True": logits.max() → logits.max(axis=1,
    #     keepdims=True)
    z, logits = forward(x, w1, b1, w2, b2)
    with np.errstate(all="ignore"):
        below = logits - logits.max()
        log_p = below - np.log(np.exp(below).sum(axis=1, keepdims=True))
        p = np.exp(below) / np.exp(below).sum(axis=1, keepdims=True)
    dlogits = (p - np.eye(logits.shape[1])[y]) / len(x)
    return -log_p[np.arange(len(x)), y].mean(), backward(x, z, dlogits, w1, w2, z > 0)


@exercise.bug
def log_of_zero(x, y, w1, b1, w2, b2):
    """A probability rounds to 0, and its logarithm is -inf. Take log p as
    logits - logsumexp(logits), which forms no probability."""
    # "A probability rounds to 0, and its logarithm is -inf": got.loss == np.inf and
    #     (softmax(forward(x, w1, b1, w2, b2)[1]) == 0).any()
    # "Take log p as logits - logsumexp(logits), which forms no probability": _, logits =
    #     forward(x, w1, b1, w2, b2) → logits = (lambda z: z - z.max(axis=1,
    #     keepdims=True))(forward(x, w1, b1, w2, b2)[1]); -np.log(softmax(logits)[np.arange(len(x)),
    #     y]).mean() → -(logits - np.log(np.exp(logits).sum(axis=1,
    #     keepdims=True)))[np.arange(len(x)), y].mean()
    _, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    _, logits = forward(x, w1, b1, w2, b2)
    return -np.log(softmax(logits)[np.arange(len(x)), y]).mean(), gradients


@exercise.bug(
    way=tuple(
        (eps, added)
        for eps in (1e-8, 1e-12, 1e-9, 1e-10, 1e-15, 1e-7, 1e-6)
        for added in (True, False)
    )
)
def log_p_plus_eps(x, y, w1, b1, w2, b2, way=(1e-8, True)):
    """log(p + eps), or the log of p no smaller than eps, caps the loss of an example at -log(eps).
    Take log p as logits - logsumexp(logits), which needs no eps."""
    # "log(p + eps), or the log of p no smaller than eps, caps the loss of an example at -log(eps)":
    #     all(bug(*scaled(1e6, *one), way=(eps, added))[0] < -np.log(eps) + 0.1 for eps in (1e-8,
    #     1e-12) for added in (True, False)) and right(*scaled(1e6, *one))[0] > 1000
    # "Take log p as logits - logsumexp(logits), which needs no eps": -np.log(p + eps if added else
    #     np.maximum(p, eps)).mean() → -(logits - logits.max(axis=1, keepdims=True) -
    #     np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1,
    #     keepdims=True)))[np.arange(len(x)), y].mean()
    eps, added = way
    _, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    _, logits = forward(x, w1, b1, w2, b2)
    p = softmax(logits)[np.arange(len(x)), y]
    return -np.log(p + eps if added else np.maximum(p, eps)).mean(), gradients


@exercise.bug(where=("both", "loss", "gradient"))
def every_label_in_each_row(x, y, w1, b1, w2, b2, where="both"):
    """`[:, y]` takes the labels of all examples in each row. Take one label of each:
    `[np.arange(len(y)), y]`."""
    # "`[:, y]` takes the labels of all examples in each row": np.isclose(got.loss,
    #     -np.log(softmax(forward(x, w1, b1, w2, b2)[1]))[:, y].mean())
    # "Take one label of each: `[np.arange(len(y)), y]`": log_p[:, y] → log_p[np.arange(len(y)), y];
    #     p[:, y] -= 1 → p[np.arange(len(y)), y] -= 1
    loss, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    z, logits = forward(x, w1, b1, w2, b2)
    p, log_p = softmax(logits), logits - np.logaddexp.reduce(logits, 1, keepdims=True)
    p[:, y] -= 1
    if where != "gradient":
        loss = -log_p[:, y].mean()
    if where != "loss":
        gradients = backward(x, z, p / len(x), w1, w2, z > 0)
    return loss, gradients


@exercise.bug
def labels_counted_from_1(x, y, w1, b1, w2, b2):
    """1 is taken from the labels, so each example gets the class before its own, and class 0 the
    last one. They count from 0: use `y` as it is."""
    # "1 is taken from the labels, so each example gets the class before its own, and class 0 the
    #     last one": np.isclose(got.loss, right(x, np.where(y == 0, len(b2), y) - 1, w1, b1, w2,
    #     b2)[0])
    # "They count from 0: use `y` as it is": (y.astype(int) - 1) % len(b2) → y.astype(int)
    return two_layer_gradients(x, (y.astype(int) - 1) % len(b2), w1, b1, w2, b2)


@exercise.bug
def b2_not_added(x, y, w1, b1, w2, b2):
    """b2 is not added to the logits. The second layer is affine, too: `hidden @ w2 + b2`."""
    # "b2 is not added to the logits": np.isclose(got.loss, right(x, y, w1, b1, w2, 0 * b2)[0])
    # "The second layer is affine, too: `hidden @ w2 + b2`": logits = hidden @ w2 → logits = hidden
    #     @ w2 + b2
    z, _ = forward(x, w1, b1, w2, b2)
    hidden = np.maximum(z, 0)
    logits = hidden @ w2
    log_p = logits - np.logaddexp.reduce(logits, 1, keepdims=True)
    dlogits = (np.exp(log_p) - np.eye(len(b2))[y]) / len(x)
    loss = -log_p[np.arange(len(x)), y].mean()
    return loss, backward(x, z, dlogits, w1, w2, z > 0)


@exercise.bug(masked=(False, True))
def b1_added_after_relu(x, y, w1, b1, w2, b2, masked=False):
    """b1 is added after ReLU. The first layer is affine, and ReLU follows it: max(x w1 + b1, 0)."""
    # "b1 is added after ReLU": np.isclose(got.loss, right(np.maximum(x @ w1, 0), y,
    #     np.eye(len(b1)), b1 + 1e6, w2, b2 - 1e6 * w2.sum(axis=0))[0])
    # "The first layer is affine, and ReLU follows it: max(x w1 + b1, 0)": z = x @ w1 → z = x @ w1 +
    #     b1; np.maximum(z, 0) + b1 → np.maximum(z, 0); if not masked → if False
    z = x @ w1
    hidden = np.maximum(z, 0) + b1
    logits = hidden @ w2 + b2
    dlogits = slopes(logits, y) / len(x)
    log_p = logits - np.logaddexp.reduce(logits, 1, keepdims=True)
    gradients = backward(x, z, dlogits, w1, w2, z > 0) | {"w2": hidden.T @ dlogits}
    if not masked:
        gradients["b1"] = (dlogits @ w2.T).sum(axis=0)
    return -log_p[np.arange(len(x)), y].mean(), gradients


@exercise.bug(first=(True, False))
def classes_counted_in_the_labels(x, y, w1, b1, w2, b2, first=True):
    """The labels are made one-hot with `y.max() + 1` columns, too few where no example has the last
    class. Take as many as the logits have."""
    # "The labels are made one-hot with `y.max() + 1` columns, too few where no example has the last
    #     class": isinstance(got, ValueError) and y.max() + 1 < len(b2)
    # "Take as many as the logits have": np.eye(y.max() + 1) → np.eye(len(b2))
    _, logits = forward(x, w1, b1, w2, b2)
    onehot = np.eye(y.max() + 1)[y.astype(int)]
    _ = onehot * logits if first else logits - onehot
    return two_layer_gradients(x, y, w1, b1, w2, b2)


@exercise.bug(masked=(False, True))
def relu_on_the_logits(x, y, w1, b1, w2, b2, masked=False):
    """ReLU is applied to the logits, too, so that all below 0 count alike. Nothing stands between
    the second layer and softmax: leave it out."""
    # "ReLU is applied to the logits, too, so that all below 0 count alike": np.isclose(got.loss,
    #     -np.log(softmax(np.maximum(forward(x, w1, b1, w2, b2)[1], 0)))[np.arange(len(x)),
    #     y].mean())
    # "Nothing stands between the second layer and softmax: leave it out": np.maximum(scores, 0) →
    #     scores; if masked → if False
    z, scores = forward(x, w1, b1, w2, b2)
    logits = np.maximum(scores, 0)
    log_p = logits - np.logaddexp.reduce(logits, 1, keepdims=True)
    dlogits = (np.exp(log_p) - np.eye(len(b2))[y]) / len(x)
    if masked:
        dlogits = dlogits * (scores > 0)
    loss = -log_p[np.arange(len(x)), y].mean()
    return loss, backward(x, z, dlogits, w1, w2, z > 0)
