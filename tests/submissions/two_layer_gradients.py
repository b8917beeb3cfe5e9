"""Right and wrong ways to write the gradients of a two-layer classifier.

A wrong one is one right answer with the mistakes that its name says.
"""

import numpy as np


def step_by_step(x, y, w1, b1, w2, b2):
    n = x.shape[0]
    z1 = np.dot(x, w1) + b1
    a1 = np.where(z1 > 0, z1, 0)
    z2 = np.dot(a1, w2) + b2
    shifted = z2 - np.max(z2, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    d2 = np.exp(log_p)
    d2[np.arange(n), y] -= 1
    d2 /= n
    d1 = np.dot(d2, w2.T)
    d1[a1 <= 0] = 0
    loss = -np.mean(log_p[np.arange(n), y])
    return loss, {
        "w2": np.dot(a1.T, d2),
        "b2": np.sum(d2, axis=0),
        "w1": np.dot(x.T, d1),
        "b1": np.sum(d1, axis=0),
        "x": np.dot(d1, w1.T),
    }


def one_example_at_a_time(x, y, w1, b1, w2, b2):
    n, loss = len(x), 0.0
    arguments = {"x": x, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    gradients = {name: np.zeros(array.shape) for name, array in arguments.items()}
    for i in range(n):
        z = x[i] @ w1 + b1
        hidden = np.maximum(z, 0)
        logits = hidden @ w2 + b2
        total = np.logaddexp.reduce(logits)
        loss += (total - logits[y[i]]) / n
        delta = (np.exp(logits - total) - np.eye(len(b2))[y[i]]) / n
        gradients["w2"] += np.outer(hidden, delta)
        gradients["b2"] += delta
        delta = (w2 @ delta) * np.sign(hidden)
        gradients["w1"] += np.outer(x[i], delta)
        gradients["b1"] += delta
        gradients["x"][i] = w1 @ delta
    return float(loss), gradients


def einsum(x, y, w1, b1, w2, b2):
    hidden = np.clip(np.einsum("ni,ih->nh", x, w1) + b1, 0, None)
    logits = np.einsum("nh,hc->nc", hidden, w2) + b2
    totals = np.logaddexp.reduce(logits, axis=1, keepdims=True)
    onehot = (y[:, None] == np.arange(logits.shape[1])).astype(float)
    g = (np.exp(logits - totals) - onehot) / len(y)
    gz = np.einsum("nc,hc,nh->nh", g, w2, (hidden > 0).astype(float))
    loss = ((totals - logits) * onehot).sum() / len(y)
    return loss, {
        "x": np.einsum("nh,ih->ni", gz, w1),
        "w1": np.einsum("ni,nh->ih", x, gz),
        "b1": np.einsum("nh->h", gz),
        "w2": np.einsum("nh,nc->hc", hidden, g),
        "b2": np.einsum("nc->c", g),
    }


def pytorch(x, y, w1, b1, w2, b2):
    import torch

    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, w1, b1, w2, b2)]
    x, w1, b1, w2, b2 = leaves
    logits = torch.relu(x @ w1 + b1) @ w2 + b2
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(y).long())
    gradients = torch.autograd.grad(loss, leaves)
    named = zip(("x", "w1", "b1", "w2", "b2"), gradients, strict=True)
    return loss.item(), {name: gradient.numpy() for name, gradient in named}


def as_layers(x, y, w1, b1, w2, b2):
    """Functions that return what the way back needs."""

    def affine(x, w, b):
        def back(dout):
            return dout @ w.T, x.T @ dout, dout.sum(axis=0)

        return x @ w + b, back

    x, w1, b1, w2, b2 = (a.astype(float) for a in (x, w1, b1, w2, b2))
    z, back1 = affine(x, w1, b1)
    logits, back2 = affine(np.maximum(0, z), w2, b2)
    logits = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    picked = np.arange(len(y)), y.astype(int)
    loss = np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[picked])
    p[picked] -= 1
    dhidden, dw2, db2 = back2(p / len(y))
    dx, dw1, db1 = back1(np.where(z > 0, dhidden, 0))
    return loss, {"x": dx, "w1": dw1, "b1": db1, "w2": dw2, "b2": db2}


def outer_products(x, y, w1, b1, w2, b2):
    """The batch is a sum of outer products, with the bias as a row of the weights."""
    n = len(x)
    x1 = np.hstack([x, np.ones((n, 1))])
    v1 = np.vstack([w1, b1])
    hidden = np.clip(x1 @ v1, 0, None)
    h1 = np.hstack([hidden, np.ones((n, 1))])
    v2 = np.vstack([w2, b2])
    scores = h1 @ v2
    log_z = np.logaddexp.reduce(scores, axis=1)
    loss = (log_z - scores[range(n), y.astype(int)]).sum() / n
    error = (np.exp(scores - log_z[:, None]) - np.eye(len(b2))[y.astype(int)]) / n
    dv2 = np.einsum("ni,nj->ij", h1, error)
    dhidden = error @ v2[:-1].T * (hidden > 0)
    dv1 = np.einsum("ni,nj->ij", x1, dhidden)
    names = {"w1": dv1[:-1], "b1": dv1[-1], "w2": dv2[:-1], "b2": dv2[-1]}
    return loss, {"x": dhidden @ v1[:-1].T, **names}


def _answer(x, y, w1, b1, w2, b2, *mistakes):
    n = len(x)
    z = x @ w1 + b1
    hidden = np.maximum(z, 0)
    logits = hidden @ w2 + b2
    top = 0 if "overflow" in mistakes else logits.max(axis=1, keepdims=True)
    totals = np.exp(logits - top).sum(axis=1, keepdims=True)
    log_p = logits - top - np.log(totals)
    p = np.exp(logits - top) / totals
    if "eps" in mistakes:
        loss = -np.log(p[range(n), y] + 1e-12).mean()
    else:
        loss = -log_p[range(n), y].mean()
    if "log of zero" in mistakes:
        loss = -np.log(p[range(n), y]).mean()
    loss = loss * n if "sum" in mistakes else loss

    g = p.copy()
    if "onehot" not in mistakes:
        g[range(n), y] -= 1
    if "no mean" not in mistakes and "sum" not in mistakes:
        g /= n
    if "classes" in mistakes:
        g /= len(b2)
    back = g @ (w2 if "w2" in mistakes else w2.T)
    mask = z > 0
    if "no mask" in mistakes:
        mask = np.ones_like(z)
    if "mask of the gradient" in mistakes:
        mask = back > 0
    if "multiplied by hidden" in mistakes:
        mask = hidden
    if "mask of the inputs" in mistakes:
        mask = x @ np.abs(w1) > 0
    dz = back * mask
    across = (slice(None),) if "no sum" in mistakes else None
    gradients = {
        "x": dz @ (w1 if "w1" in mistakes else w1.T),
        "w1": x.T @ dz,
        "b1": dz[across] if across else dz.sum(axis=0),
        "w2": (z if "z" in mistakes else hidden).T @ g,
        "b2": g[across] if across else g.sum(axis=0),
    }
    if "mean of biases" in mistakes:
        gradients["b1"], gradients["b2"] = dz.mean(axis=0), g.mean(axis=0)
    if "weights divided" in mistakes:
        gradients["w1"], gradients["w2"] = gradients["w1"] / n, gradients["w2"] / n
    if "decay" in mistakes:
        gradients["w1"], gradients["w2"] = (
            gradients["w1"] + 1e-3 * w1,
            gradients["w2"] + 1e-3 * w2,
        )
    if "no x" in mistakes:
        del gradients["x"]
    if "capitals" in mistakes:
        gradients = {name.upper(): gradient for name, gradient in gradients.items()}
    if "tuple" in mistakes:
        gradients = tuple(gradients.values())
    return loss, gradients


def no_mean(*a):
    return _answer(*a, "no mean")


def everything_summed(*a):
    return _answer(*a, "sum")


def no_onehot(*a):
    return _answer(*a, "onehot")


def relu_ignored(*a):
    return _answer(*a, "no mask")


def relu_of_the_gradient(*a):
    return _answer(*a, "mask of the gradient")


def mask_of_the_inputs(*a):
    return _answer(*a, "mask of the inputs")


def multiplied_by_hidden(*a):
    return _answer(*a, "multiplied by hidden")


def w1_as_it_is(*a):
    return _answer(*a, "w1")


def w2_as_it_is(*a):
    return _answer(*a, "w2")


def biases_per_example(*a):
    return _answer(*a, "no sum")


def biases_averaged(*a):
    return _answer(*a, "mean of biases")


def weights_divided(*a):
    return _answer(*a, "weights divided")


def divided_by_classes(*a):
    return _answer(*a, "classes")


def inputs_of_relu(*a):
    return _answer(*a, "z")


def weight_decay(*a):
    return _answer(*a, "decay")


def overflow(*a):
    return _answer(*a, "overflow")


def eps(*a):
    return _answer(*a, "eps")


def log_of_zero(*a):
    return _answer(*a, "log of zero")


def no_sum_and_log_of_zero(*a):
    return _answer(*a, "no sum", "log of zero")


def input_left_out(*a):
    return _answer(*a, "no x")


def capitals(*a):
    return _answer(*a, "capitals")


def a_tuple_of_gradients(*a):
    return _answer(*a, "tuple")


def gradients_first(*a):
    return _answer(*a)[::-1]


def no_mean_and_no_sum(*a):
    return _answer(*a, "no mean", "no sum")


def no_onehot_and_no_mask(*a):
    return _answer(*a, "onehot", "no mask")


def no_mean_and_no_mask(*a):
    return _answer(*a, "no mean", "no mask")


def sum_and_overflow(*a):
    return _answer(*a, "sum", "overflow")


def no_onehot_and_no_sum(*a):
    return _answer(*a, "onehot", "no sum")


def _one(
    x, y, w1, b1, w2, b2, log_softmax=None, mask=np.greater, back=None, first=None, one_hot=None
):
    """What is right, but for one of its steps."""
    n, classes = len(x), len(b2)
    z = x @ w1 + b1
    hidden = np.maximum(z, 0)
    logits = hidden @ w2 + b2
    top = logits - logits.max(axis=1, keepdims=True)
    log_p = (log_softmax or (lambda t: t - np.log(np.exp(t).sum(axis=1, keepdims=True))))(top)
    labels = y.astype(int)
    target = np.eye(classes)[labels] if one_hot is None else one_hot(labels)
    loss = -log_p[np.arange(n), labels].mean()
    g = (np.exp(log_p) - target) / n
    dz = (g @ (w2.T if back is None else back(w2))) * mask(z, 0)
    return loss, {
        "x": dz @ (w1.T if first is None else first(w1)),
        "w1": x.T @ dz,
        "b1": dz.sum(axis=0),
        "w2": hidden.T @ g,
        "b2": g.sum(axis=0),
    }


def probabilities_clipped(*a):
    def clipped(top):
        p = np.exp(top) / np.exp(top).sum(axis=1, keepdims=True)
        return np.log(np.clip(p, 1e-7, 1))

    return _one(*a, log_softmax=clipped)


def log_cut_off_at_minus_fifty(*a):
    return _one(
        *a, log_softmax=lambda t: np.maximum(t - np.log(np.exp(t).sum(1, keepdims=True)), -50)
    )


def one_hot_of_the_classes_seen(x, y, w1, b1, w2, b2):
    """The classes are counted from the labels, and others get no column."""

    def one_hot(labels):
        seen = np.eye(labels.max() + 1)[labels]
        return np.pad(seen, ((0, 0), (len(b2) - seen.shape[1], 0)))

    return _one(x, y, w1, b1, w2, b2, one_hot=one_hot)


def classes_counted_from_the_labels(x, y, w1, b1, w2, b2):
    k = int(y.max()) + 1
    loss, gradients = _one(x, y, w1, b1, w2[:, :k], b2[:k])
    gradients["w2"] = np.pad(gradients["w2"], ((0, 0), (0, len(b2) - k)))
    gradients["b2"] = np.pad(gradients["b2"], (0, len(b2) - k))
    return loss, gradients


def _first_that_fits(w):
    return w if w.shape[0] == w.shape[1] else w.T


def transposed_only_where_it_must_be(*a):
    return _one(*a, back=_first_that_fits)


def gradients_in_the_type_of_the_inputs(x, y, w1, b1, w2, b2):
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    return loss, {name: each.astype(x.dtype) for name, each in gradients.items()}


def pixels_scaled(x, y, w1, b1, w2, b2):
    return _one(x / 16 if x.dtype == np.uint8 else x, y, w1, b1, w2, b2)


def biases_left_at_one_example(x, y, w1, b1, w2, b2):
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    if len(x) == 1:
        gradients |= {name: gradients[name][None] for name in ("b1", "b2")}
    return loss, gradients


def squeezed(*a):
    loss, gradients = _one(*a)
    return loss, {name: np.squeeze(each) for name, each in gradients.items()}


def units_on_at_zero(*a):
    return _one(*a, mask=np.greater_equal)


def shifted_by_the_mean(x, y, w1, b1, w2, b2):
    def by_the_mean(top):
        t = top - top.mean(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            return np.log(np.exp(t) / np.exp(t).sum(axis=1, keepdims=True))

    return _one(x, y, w1, b1, w2, b2, log_softmax=by_the_mean)


def loss_of_at_most_a_hundred(x, y, w1, b1, w2, b2):
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    return min(loss, 100.0), gradients


def one_maximum_for_the_batch(x, y, w1, b1, w2, b2):
    n = len(x)
    z = x @ w1 + b1
    logits = np.maximum(z, 0) @ w2 + b2
    with np.errstate(all="ignore"):
        powers = np.exp(logits - logits.max())
        p = powers / powers.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(n), y.astype(int)]).mean()
    g = (p - np.eye(len(b2))[y.astype(int)]) / n
    dz = (g @ w2.T) * (z > 0)
    return loss, {
        "x": dz @ w1.T,
        "w1": x.T @ dz,
        "b1": dz.sum(0),
        "w2": np.maximum(z, 0).T @ g,
        "b2": g.sum(0),
    }


def gradients_clipped(x, y, w1, b1, w2, b2):
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    return loss, {name: np.clip(each, -100, 100) for name, each in gradients.items()}


def gradients_scaled_to_a_norm(x, y, w1, b1, w2, b2):
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    norm = np.sqrt(sum((each**2).sum() for each in gradients.values()))
    return loss, {name: each * min(1.0, 100 / norm) for name, each in gradients.items()}


def second_layer_by_shape(x, y, w1, b1, w2, b2):
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    if w2.shape[0] == w2.shape[1]:
        gradients["w2"] = gradients["w2"].T
    return loss, gradients


def first_layer_by_shape(x, y, w1, b1, w2, b2):
    """Of x.T @ dz and dz.T @ x whichever has the shape of w1."""
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    other = gradients["w1"].T
    gradients["w1"] = other.copy() if other.shape == w1.shape else gradients["w1"]
    return loss, gradients


def one_example_without_its_batch(x, y, w1, b1, w2, b2):
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    return loss, gradients | {"x": gradients["x"][0] if len(x) == 1 else gradients["x"]}


def mean_over_the_classes_seen(x, y, w1, b1, w2, b2):
    """Classes that no example has get no gradient."""
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    seen = np.isin(np.arange(len(b2)), y.astype(int))
    return loss, gradients | {"b2": gradients["b2"] * seen, "w2": gradients["w2"] * seen}


def integers_for_the_mask(x, y, w1, b1, w2, b2):
    return _one(
        x,
        y,
        w1,
        b1,
        w2,
        b2,
        mask=lambda z, _: np.sign(np.maximum(z, 0)) if z.dtype.kind == "f" else np.maximum(z, 0),
    )


def inputs_through_the_first_that_fits(*a):
    return _one(*a, first=_first_that_fits)


def summed_to_the_shape_of_the_bias(x, y, w1, b1, w2, b2):
    """Over the first axis whose removal leaves the bias's length, from the last one on."""
    loss, gradients = _one(x, y, w1, b1, w2, b2)
    if len(x) == len(b2):
        _, each = zip(*(_one(x[[i]], y[[i]], w1, b1, w2, b2) for i in range(len(x))), strict=True)
        gradients["b2"] = np.stack([one["b2"] for one in each]).sum(axis=1) / len(x)
    return loss, gradients


def _network(x, w1, b1, w2, b2):
    """Everything in float64, and the forward pass."""
    x, w1, b1, w2, b2 = (a.astype(float) for a in (x, w1, b1, w2, b2))
    z = x @ w1 + b1
    return x, w1, w2, z, np.maximum(z, 0) @ w2 + b2


def _sent_back(x, w1, w2, z, dlogits):
    dz = dlogits @ w2.T * (z > 0)
    w1_and_w2 = {"w1": x.T @ dz, "w2": np.maximum(z, 0).T @ dlogits}
    return {"x": dz @ w1.T, "b1": dz.sum(0), "b2": dlogits.sum(0), **w1_and_w2}


def labels_of_the_batch_subtracted(x, y, w1, b1, w2, b2):
    x, w1, w2, z, logits = _network(x, w1, b1, w2, b2)
    p = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    loss = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(y)), y]
    p[:, y] -= 1
    return loss.mean(), _sent_back(x, w1, w2, z, p / len(y))


def loss_of_the_batchs_labels(x, y, w1, b1, w2, b2):
    x, w1, w2, z, logits = _network(x, w1, b1, w2, b2)
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    d = (np.exp(log_p) - np.eye(len(b2))[y]) / len(y)
    return -log_p[:, y].mean(), _sent_back(x, w1, w2, z, d)


def classes_from_1(x, y, w1, b1, w2, b2):
    x, w1, w2, z, logits = _network(x, w1, b1, w2, b2)
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    y = y.astype(int) - 1
    d = (np.exp(log_p) - np.eye(len(b2))[y]) / len(y)
    return -log_p[np.arange(len(y)), y].mean(), _sent_back(x, w1, w2, z, d)


def ranks_of_the_labels_seen(x, y, w1, b1, w2, b2):
    x, w1, w2, z, logits = _network(x, w1, b1, w2, b2)
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    y = np.unique(y, return_inverse=True)[1]
    d = (np.exp(log_p) - np.eye(len(b2))[y]) / len(y)
    return -log_p[np.arange(len(y)), y].mean(), _sent_back(x, w1, w2, z, d)


def no_second_bias(x, y, w1, b1, w2, b2):
    x, w1, w2, z, logits = _network(x, w1, b1, w2, 0 * b2)
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    d = (np.exp(log_p) - np.eye(len(b2))[y]) / len(y)
    return -log_p[np.arange(len(y)), y].mean(), _sent_back(x, w1, w2, z, d)


def relu_after_both_layers(x, y, w1, b1, w2, b2):
    x, w1, w2, z, logits = _network(x, w1, b1, w2, b2)
    logits = logits.clip(min=0)
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    d = (np.exp(log_p) - np.eye(len(b2))[y]) / len(y)
    return -log_p[np.arange(len(y)), y].mean(), _sent_back(x, w1, w2, z, d)


def least_probability(x, y, w1, b1, w2, b2):
    x, w1, w2, z, logits = _network(x, w1, b1, w2, b2)
    p = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    loss = -np.log(np.clip(p[np.arange(len(y)), y], 1e-12, 1)).mean()
    return loss, _sent_back(x, w1, w2, z, (p - np.eye(len(b2))[y]) / len(y))


# The mistake that each is told; None where no known one explains it.
def bias_behind_relu(x, y, w1, b1, w2, b2):
    x, w1, w2, z, _ = _network(x, w1, 0 * b1, w2, b2)
    hidden = np.maximum(z, 0) + b1
    logits = hidden @ w2 + b2
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    d = (np.exp(log_p) - np.eye(len(b2))[y.astype(int)]) / len(x)
    gradients = _sent_back(x, w1, w2, z, d)
    gradients |= {"w2": hidden.T @ d, "b1": (d @ w2.T).sum(axis=0)}
    return -log_p[np.arange(len(x)), y.astype(int)].mean(), gradients


def as_many_classes_as_labels(*a):
    return _one(*a, one_hot=lambda labels: np.eye(labels.max() + 1)[labels])


def biases_added_in_place(x, y, w1, b1, w2, b2):
    z = x @ w1
    z += b1
    return _one(x, y, w1, b1, w2, b2)


WRONG = {
    no_mean: "gradient_of_the_sum",
    everything_summed: "sum_for_mean",
    no_onehot: "onehot_not_subtracted",
    relu_ignored: "no_mask",
    relu_of_the_gradient: "mask_from_the_gradient",
    mask_of_the_inputs: "wrong_only_in_gradients_x_and_gradients_w1_and_gradients_b1",
    multiplied_by_hidden: "wrong_only_in_gradients_x_and_gradients_w1_and_gradients_b1",
    w1_as_it_is: "weights_not_transposed",
    w2_as_it_is: "weights_not_transposed",
    biases_per_example: "biases_not_summed",
    biases_averaged: "factor_of_a_size",
    weights_divided: "factor_of_a_size",
    divided_by_classes: "factor_of_a_size",
    inputs_of_relu: "wrong_only_in_gradients_w2",
    weight_decay: "wrong_only_in_gradients_w1_and_gradients_w2",
    overflow: "no_maximum",
    eps: "log_p_plus_eps",
    log_of_zero: "log_of_zero",
    no_sum_and_log_of_zero: "biases_not_summed",
    input_left_out: "a_key_is_missing",
    capitals: "a_key_is_missing",
    a_tuple_of_gradients: "a_result_of_another_kind",
    gradients_first: "parts_in_another_order",
    no_mean_and_no_sum: "mean_missing",
    no_onehot_and_no_mask: "wrong_not_in_loss",
    no_mean_and_no_mask: "wrong_not_in_loss",
    sum_and_overflow: "sum_for_mean",
    no_onehot_and_no_sum: "onehot_not_subtracted",
    probabilities_clipped: "wrong_for_numbers_that_are_large",
    log_cut_off_at_minus_fifty: "wrong_for_numbers_that_are_large",
    one_hot_of_the_classes_seen: "wrong_not_in_loss",
    classes_counted_from_the_labels: None,
    transposed_only_where_it_must_be: "wrong_where_all_axes_of_w1_are_equally_long",
    gradients_in_the_type_of_the_inputs: "truncated_to_integers",
    biases_left_at_one_example: "right_numbers_in_another_shape",
    squeezed: "right_numbers_in_another_shape",
    shifted_by_the_mean: "wrong_for_numbers_that_are_large",
    loss_of_at_most_a_hundred: "wrong_for_numbers_that_are_large",
    one_maximum_for_the_batch: "global_maximum",
    gradients_clipped: "cut_off",
    gradients_scaled_to_a_norm: "wrong_not_in_loss",
    second_layer_by_shape: "transposed",
    first_layer_by_shape: "transposed",
    one_example_without_its_batch: "right_numbers_in_another_shape",
    mean_over_the_classes_seen: "zero_instead",
    inputs_through_the_first_that_fits: "wrong_where_all_axes_of_w1_are_equally_long",
    summed_to_the_shape_of_the_bias: "wrong_where_all_axes_of_w1_are_equally_long",
    integers_for_the_mask: "right_as_floats",
    labels_of_the_batch_subtracted: "every_label_in_each_row",
    loss_of_the_batchs_labels: "every_label_in_each_row",
    classes_from_1: "labels_counted_from_1",
    ranks_of_the_labels_seen: None,
    no_second_bias: "b2_not_added",
    relu_after_both_layers: "relu_on_the_logits",
    least_probability: "log_p_plus_eps",
    bias_behind_relu: "b1_added_after_relu",
    as_many_classes_as_labels: "classes_counted_in_the_labels",
    biases_added_in_place: "integers_refused",
}

# Right answers that pass with a note.
NOTED = {step_by_step, one_example_at_a_time, units_on_at_zero}
