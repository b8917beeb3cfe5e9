"""Practice for question 3: a small network in NumPy, given with six mistakes, to be repaired."""

import numpy as np

from answers.grader.exercise import Exercise, Mistake


def affine(x, w, b):
    """x w + b, from (batch, d_in) to (batch, d_out)."""
    return x @ w + b


def affine_backward(dout, x, w):
    """The gradients of x, w and b, given the gradient of the output."""
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def relu(x):
    """max(x, 0), entry by entry."""
    return np.maximum(x, 0)


def relu_backward(dout, x):
    """The gradient of x, the input of the forward pass."""
    return dout * (x > 0)


def log_softmax(x):
    """The logarithms of the probabilities of each row."""
    x = x - x.max(axis=1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=1, keepdims=True))


def cross_entropy(logits, y):
    """The mean of -log p[y] over the batch, and its gradient."""
    rows = np.arange(len(y))
    log_p = log_softmax(logits)
    loss = -log_p[rows, y].mean()
    dlogits = np.exp(log_p)
    dlogits[rows, y] -= 1
    return loss, dlogits / len(y)


def fix_the_layers(x, y, w1, b1, w2, b2):
    """The loss of affine → ReLU → affine → softmax, and the gradient of every array.

    Args:
        x: Inputs, (batch, d_in).
        y: The index of the right class of each input, (batch,).
        w1, b1: The first layer, (d_in, hidden) and (hidden,).
        w2, b2: The second layer, (hidden, classes) and (classes,).

    Returns:
        The mean cross-entropy in nats, and a dict with the gradients of "w2", "b2", "w1",
        "b1", "x".
    """
    z = affine(x, w1, b1)
    hidden = relu(z)
    logits = affine(hidden, w2, b2)
    loss, dlogits = cross_entropy(logits, y)
    dhidden, dw2, db2 = affine_backward(dlogits, hidden, w2)
    dz = relu_backward(dhidden, z)
    dx, dw1, db1 = affine_backward(dz, x, w1)
    return loss, {"w2": dw2, "b2": db2, "w1": dw1, "b1": db1, "x": dx}


exercise = Exercise(
    fix_the_layers,
    page="03-numpy-layers",
    returns=("loss", "gradients"),
    hints=(
        "Take the smallest input: one example, two hidden units, two classes. Which numbers can "
        "you compute by hand?",
        "Go through the file in the order in which it runs, forward and then backward. Print "
        "what each function returns, and ask: right shape? do the probabilities of each example "
        "sum to 1?",
        "A product or an index can have the right shape and the wrong numbers. Compare each "
        "backward function with finite differences of its forward function.",
        "Then more examples: a mean over the batch must not change when every example is put "
        "in twice. Last, logits in the thousands.",
    ),
)


def network(seed, batch, d_in, hidden, classes):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(batch, d_in)), rng.integers(classes, size=batch)
    w1, b1 = rng.normal(size=(d_in, hidden)), rng.normal(size=hidden)
    w2, b2 = rng.normal(size=(hidden, classes)) / hidden, rng.normal(size=classes)
    return x, y, w1, b1, w2, b2


seven = network(17, 7, 5, 11, 3)
x, y, w1, b1, w2, b2 = seven
exercise.case("one example", *network(11, 1, 5, 11, 3))
exercise.case("7 examples", *seven)
exercise.case(
    "as many examples as inputs, hidden units and classes", *network(3, *[3] * 4)
)
exercise.case("logits in the thousands", x, y, w1, b1, 1e4 * w2, 1e4 * b2)
exercise.case("pixels from 0 to 16", (16 * abs(x)).astype(np.uint8), y, w1, b1, w2, b2)
exercise.case(
    "float32", *(a if a.dtype.kind == "i" else a.astype(np.float32) for a in seven)
)

exercise.plant(
    Mistake(
        "normalised_over_the_batch",
        "np.exp(x).sum(axis=1, keepdims=True)",
        "np.exp(x).sum(axis=0, keepdims=True)",
        "The exponentials are summed over the batch, so the probabilities of a class sum to 1, "
        "not those of an example. Sum over the classes: `axis=1`.",
        # "The exponentials are summed over the batch, so the probabilities of a class sum to 1,
        #     not those of an example. Sum over the classes: `axis=1`": np.exp(x).sum(axis=0, →
        #     np.exp(x).sum(axis=1,
    ),
    Mistake(
        "reshaped_for_transposed",
        "dx = dout @ w.T",
        "dx = dout @ w.reshape(w.shape[::-1])",
        "The weights are reshaped where they should be transposed: the shape is right, but the "
        "numbers stand elsewhere. The gradient goes back through `w.T`.",
        # "The gradient goes back through `w.T`": w.reshape(w.shape[::-1]) → w.T
        # "the shape is right, but the numbers stand elsewhere": got.gradients["x"].shape ==
        #     want.gradients["x"].shape and not np.allclose(got.gradients["x"], want.gradients["x"])
    ),
    Mistake(
        "mask_from_the_gradient",
        "dout * (x > 0)",
        "dout * (dout > 0)",
        "The mask of ReLU is taken from the gradient, so negative gradients are lost and the "
        "input is ignored. Compare `x`, which the forward pass saw.",
        # "negative gradients are lost and the input is ignored": (got.gradients["b1"] >=
        #     0).all() and (want.gradients["b1"] < 0).any()
        # "Compare `x`, which the forward pass saw": dout > 0 → x > 0
    ),
    Mistake(
        "every_label_for_every_example",
        "-log_p[rows, y].mean()",
        "-log_p[:, y].mean()",
        "`log_p[:, y]` has a column for every label of the batch, N by N numbers, and the mean "
        "hides it. One label for each row is `log_p[rows, y]`.",
        # "has a column for every label of the batch, N by N numbers, and the mean hides it":
        #     np.isclose(got.loss, -log_softmax(relu(x @ w1 + b1) @ w2 + b2)[:, y].sum() / len(y) **
        #     2)
        # "One label for each row is `log_p[rows, y]`": log_p[:, y] → log_p[rows, y]
    ),
    Mistake(
        "biases_averaged",
        "db = dout.sum(axis=0)",
        "db = dout.mean(axis=0)",
        "The gradient of a bias is averaged over the batch, but the 1/N of the mean is in the "
        "gradient of the logits already. Sum: the bias was used once for each example.",
        # "The gradient of a bias is averaged over the batch, but the 1/N of the mean is in the
        #     gradient of the logits already": np.allclose(len(x) * got.gradients["b2"],
        #     want.gradients["b2"])
        # "Sum: the bias was used once for each example": dout.mean(axis=0) → dout.sum(axis=0)
    ),
    Mistake(
        "no_maximum",
        "    x = x - x.max(axis=1, keepdims=True)\n",
        "",
        "exp overflows on large logits, or rounds to 0 on very negative ones, and the loss is "
        "infinite. Subtract the maximum of each row first, which changes no probability.",
        # "exp overflows on large logits, or rounds to 0 on very negative ones, and the loss is
        #     infinite": not np.isfinite(got.loss) and np.exp(710.0) == np.inf and np.exp(-746.0) ==
        #     0
        # "Subtract the maximum of each row first, which changes no probability": return x -
        #     np.log(np.exp(x).sum(axis=1, keepdims=True)) → return (x := (x - x.max(axis=1,
        #     keepdims=True))) - np.log(np.exp(x).sum(axis=1, keepdims=True))
    ),
)
