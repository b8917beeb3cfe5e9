"""Right and wrong ways to write the network that `fix_the_layers` has the learner repair.

A wrong one is the broken file after somebody has worked on it.
"""

import numpy as np

from answers.grader import catalog
from answers.networks.two_layer_net import two_layer_gradients


def as_on_page_1(x, y, w1, b1, w2, b2):
    return two_layer_gradients(x, y, w1, b1, w2, b2)


def repaired_in_other_words(x, y, w1, b1, w2, b2):
    n = len(y)
    z = np.einsum("nd,dh->nh", x, w1) + b1[None, :]
    hidden = np.where(z > 0, z, 0)
    logits = np.einsum("nh,hk->nk", hidden, w2) + b2[None, :]
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    loss = -np.take_along_axis(log_p, y[:, None], axis=1).sum() / n
    g = (np.exp(log_p) - np.eye(len(b2))[y]) / n
    back = np.einsum("nk,hk->nh", g, w2)
    back[hidden == 0] = 0
    return loss, {
        "x": np.einsum("nh,dh->nd", back, w1),
        "w1": np.einsum("nd,nh->dh", x, back),
        "b1": np.einsum("nh->h", back),
        "w2": np.einsum("nh,nk->hk", hidden, g),
        "b2": np.einsum("nk->k", g),
    }


def one_example_at_a_time(x, y, w1, b1, w2, b2):
    loss = 0.0
    gradients = {
        name: np.zeros(array.shape)
        for name, array in {"w2": w2, "b2": b2, "w1": w1, "b1": b1, "x": x}.items()
    }
    for i, label in enumerate(y):
        z = [sum(x[i] * w1[:, h]) + b1[h] for h in range(len(b1))]
        hidden = [max(each, 0.0) for each in z]
        logits = np.array([sum(hidden * w2[:, k]) + b2[k] for k in range(len(b2))])
        top = max(logits)
        total = top + np.log(sum(np.exp(logits - top)))
        loss += (total - logits[label]) / len(y)
        g = np.exp(logits - total) / len(y)
        g[label] -= 1 / len(y)
        back = np.array([w2[h] @ g if z[h] > 0 else 0.0 for h in range(len(b1))])
        gradients["w2"] += np.outer(hidden, g)
        gradients["b2"] += g
        gradients["w1"] += np.outer(x[i], back)
        gradients["b1"] += back
        gradients["x"][i] = w1 @ back
    return loss, gradients


def as_objects(x, y, w1, b1, w2, b2):
    class Affine:
        def __init__(self, w, b):
            self.w, self.b = w, b

        def forward(self, x):
            self.x = x
            return x @ self.w + self.b

        def backward(self, dout):
            self.dw, self.db = self.x.T @ dout, np.ones(len(dout)) @ dout
            return dout @ self.w.T

    class ReLU:
        def forward(self, x):
            self.on = x > 0
            return x * self.on

        def backward(self, dout):
            return dout * self.on

    first, middle, last = Affine(w1, b1), ReLU(), Affine(w2, b2)
    out = x
    for layer in (first, middle, last):
        out = layer.forward(out)
    out = out - out.max(axis=1, keepdims=True)
    p = np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(out).sum(axis=1)) - out[range(len(y)), y])
    p[range(len(y)), y] -= 1
    dout = p / len(y)
    for layer in (last, middle, first):
        dout = layer.backward(dout)
    gradients = {"w1": first.dw, "b1": first.db, "w2": last.dw, "b2": last.db}
    return loss, {"x": dout, **gradients}


def with_matrices_of_ones(x, y, w1, b1, w2, b2):
    """Sums as products, the mask as an array of 0 and 1."""
    n, classes = len(x), len(b2)
    one = np.ones((1, n))
    z = x @ w1 + one.T @ b1[None]
    mask = (z > 0).astype(float)
    logits = (mask * z) @ w2 + one.T @ b2[None]
    powers = np.exp(logits - logits.max(axis=1)[:, None])
    p = powers / powers.sum(axis=1)[:, None]
    target = (y[:, None] == np.arange(classes)).astype(float)
    shifted = logits - logits.max(axis=1)[:, None]
    loss = np.mean(np.log(powers.sum(axis=1)) - (target * shifted).sum(axis=1))
    g = (p - target) / n
    dz = mask * (g @ w2.T)
    return loss, {
        "x": dz @ w1.T,
        "w1": x.T @ dz,
        "b1": (one @ dz).ravel(),
        "w2": (mask * z).T @ g,
        "b2": (one @ g).ravel(),
    }


def by_pytorch(x, y, w1, b1, w2, b2):
    import torch

    names = "x", "w1", "b1", "w2", "b2"
    tensors = [torch.tensor(a, dtype=torch.float64) for a in (x, w1, b1, w2, b2)]
    leaves = dict(zip(names, (t.requires_grad_() for t in tensors), strict=True))
    hidden = torch.relu(leaves["x"] @ leaves["w1"] + leaves["b1"])
    logits = hidden @ leaves["w2"] + leaves["b2"]
    labels = torch.from_numpy(y.astype(np.int64))
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    return loss.item(), {name: leaf.grad.numpy() for name, leaf in leaves.items()}


EXERCISE = catalog.load("fix_the_layers")
MISTAKES = {mistake.name: mistake for mistake in EXERCISE.mistakes}


def _file_with(*mistakes, **edits):
    """The file with only these mistakes left; then edits, each (right, wrong)."""
    code = EXERCISE.with_mistakes(tuple(MISTAKES[name] for name in mistakes))
    for name, (right, wrong) in edits.items():
        assert code.count(right) == 1, name
        code = code.replace(right, wrong)
    namespace = {}
    exec(compile(code, "<fix_the_layers>", "exec"), namespace)
    return namespace["fix_the_layers"]


untouched = _file_with(*MISTAKES)
only_the_first_repaired = _file_with(*list(MISTAKES)[1:])
only_the_last_repaired = _file_with(*list(MISTAKES)[:-1])
every_second_repaired = _file_with(*list(MISTAKES)[1::2])
one_sum_for_all = _file_with(axis=("np.exp(x).sum(axis=1, keepdims=True)", "np.exp(x).sum()"))
global_maximum = _file_with(top=("x.max(axis=1, keepdims=True)", "x.max()"))
axis_without_keepdims = _file_with(axis=("sum(axis=1, keepdims=True)", "sum(axis=1)"))
biases_not_summed = _file_with(db=("db = dout.sum(axis=0)", "db = dout"))
biases_as_rows = _file_with(db=("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)"))
weights_as_they_are = _file_with(dx=("dout @ w.T", "dout @ w"))
mask_of_inputs_not_negative = _file_with(mask=("(x > 0)", "(x != 0)"))
summed_and_a_mistake_left = _file_with("no_maximum", mean=("dlogits / len(y)", "dlogits / 1"))


minimum_subtracted = _file_with(
    top=("x.max(axis=1, keepdims=True)", "x.min(axis=1, keepdims=True)")
)


maximum_repaired_as_a_clip = _file_with(
    top=("x = x - x.max(axis=1, keepdims=True)", "x = np.clip(x, -500, 500)")
)


log_of_the_probabilities = _file_with(
    log=(
        "return x - np.log(np.exp(x).sum(axis=1, keepdims=True))",
        "return np.log(np.exp(x) / np.exp(x).sum(axis=1, keepdims=True))",
    )
)


eps_in_the_logarithm = _file_with(
    log=(
        "return x - np.log(np.exp(x).sum(axis=1, keepdims=True))",
        "return np.log(np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) + 1e-12)",
    )
)


reshaped_where_it_is_square = _file_with(
    dx=("dx = dout @ w.T", "dx = dout @ (w if w.shape[0] == w.shape[1] else w.T)")
)


products_in_the_type_of_the_inputs = _file_with(
    dw=("dw = x.T @ dout", "dw = (x.T @ dout).astype(x.dtype)")
)


forward_in_the_type_of_the_inputs = _file_with(
    forward=("return x @ w + b", "return (x @ w).astype(x.dtype) + b")
)


pixels_scaled_first = _file_with(
    forward=(
        "    z = affine(x, w1, b1)\n",
        "    x = x / 255 if x.dtype == np.uint8 else x\n    z = affine(x, w1, b1)\n",
    )
)


loss_of_the_largest_float = _file_with(
    loss=("loss = -log_p[rows, y].mean()", "loss = -np.maximum(log_p[rows, y], -700).mean()")
)


one_maximum_for_the_layer = _file_with(
    top=("x = x - x.max(axis=1, keepdims=True)", "x = x - x.max()")
)


transposed_if_square = _file_with(
    dw=("dw = x.T @ dout", "dw = x.T @ dout if x.shape[0] != x.shape[1] else x @ dout")
)


maximum_of_the_absolute = _file_with(
    top=("x.max(axis=1, keepdims=True)", "np.abs(x).max(axis=1, keepdims=True)")
)


mean_subtracted = _file_with(top=("x.max(axis=1, keepdims=True)", "x.mean(axis=1, keepdims=True)"))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    untouched: "normalised_over_the_batch",
    only_the_first_repaired: "reshaped_for_transposed",
    only_the_last_repaired: "normalised_over_the_batch",
    every_second_repaired: "reshaped_for_transposed",
    one_sum_for_all: "without_axis",
    global_maximum: "wrong_for_numbers_that_are_large",
    axis_without_keepdims: "without_keepdims",
    biases_not_summed: "sum_missing",
    biases_as_rows: "right_numbers_in_another_shape",
    weights_as_they_are: "without_transpose",
    mask_of_inputs_not_negative: "a_factor_left_out",
    summed_and_a_mistake_left: "factor_of_a_size",
    minimum_subtracted: "something_else_there",
    maximum_repaired_as_a_clip: "wrong_for_numbers_that_are_large",
    log_of_the_probabilities: "wrong_for_numbers_that_are_large",
    eps_in_the_logarithm: "not_cut_off",
    reshaped_where_it_is_square: "wrong_where_all_axes_of_w1_are_equally_long",
    loss_of_the_largest_float: "wrong_for_numbers_that_are_large",
    one_maximum_for_the_layer: "wrong_for_numbers_that_are_large",
    transposed_if_square: "wrong_where_all_axes_of_w1_are_equally_long",
    maximum_of_the_absolute: "wrong_for_numbers_that_are_large",
    mean_subtracted: "something_else_there",
}
