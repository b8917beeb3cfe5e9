"""Right and wrong ways to write SwiGLU."""

import numpy as np


def _float(a):
    return a if a.dtype.kind == "f" else a.astype(float)


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def as_one_writes_it(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate, up = x @ w_gate, x @ w_up
    return (gate * _sigmoid(gate) * up) @ w_down


def by_the_hyperbolic_tangent(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = np.dot(x, w_gate)
    return np.dot(gate * (1 + np.tanh(gate / 2)) / 2 * np.dot(x, w_up), w_down)


def scipy(x, w_gate, w_up, w_down):
    from scipy.special import expit

    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    return np.multiply(gate * expit(gate), x @ w_up) @ w_down


def einsum(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate, up = np.einsum("...d,dh->...h", x, w_gate), np.einsum("...d,dh->...h", x, w_up)
    return np.einsum("...h,ho->...o", gate * _sigmoid(gate) * up, w_down)


def fused(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate, up = np.split(x @ np.concatenate([w_gate, w_up], axis=1), 2, axis=-1)
    return gate * _sigmoid(gate) * up @ w_down


def pytorch(x, w_gate, w_up, w_down):
    import torch

    kind = torch.float32 if x.dtype == np.float32 else torch.float64
    x, w_gate, w_up, w_down = (torch.tensor(a, dtype=kind) for a in (x, w_gate, w_up, w_down))
    return (torch.nn.functional.silu(x @ w_gate) * (x @ w_up) @ w_down).numpy()


def stable_by_cases(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate, small = x @ w_gate, None
    small = np.exp(-np.abs(gate))
    swish = gate * np.where(gate >= 0, 1, small) / (1 + small)
    return swish * (x @ w_up) @ w_down


def swapped(x, w_gate, w_up, w_down):
    return as_one_writes_it(x, w_up, w_gate, w_down)


def glu(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    return _sigmoid(x @ w_gate) * (x @ w_up) @ w_down


def silu_mlp(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    hidden = x @ w_gate
    return hidden * _sigmoid(hidden) @ w_down


def reglu(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    return np.maximum(0, x @ w_gate) * (x @ w_up) @ w_down


def gated_after(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    hidden = (x @ w_gate) * (x @ w_up)
    return hidden * _sigmoid(hidden) @ w_down


def summed(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    return (gate * _sigmoid(gate) + x @ w_up) @ w_down


def exp_above_the_line(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    with np.errstate(all="ignore"):
        return gate * np.exp(gate) / (np.exp(gate) + 1) * (x @ w_up) @ w_down


def gate_clipped(x, w_gate, w_up, w_down):
    """The gate itself is clipped where only its exponential needs it."""
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = np.clip(x @ w_gate, -80, 80)
    return gate * _sigmoid(gate) * (x @ w_up) @ w_down


def gate_of_integers_clipped(x, w_gate, w_up, w_down):
    gate = np.clip(x @ w_gate, -30, 30)
    return gate * _sigmoid(gate) * (x @ w_up) @ w_down


def not_divided_below_0(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    small = np.exp(-np.abs(gate))
    return gate * np.where(gate < 0, small, 1 / (1 + small)) * (x @ w_up) @ w_down


def in_the_type_of_x(x, w_gate, w_up, w_down):
    return as_one_writes_it(x, w_gate, w_up, w_down).astype(x.dtype)


def matrices_only(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = np.einsum("nd,dh->nh", x, w_gate)
    return gate * _sigmoid(gate) * np.einsum("nd,dh->nh", x, w_up) @ w_down


def batch_flattened(x, w_gate, w_up, w_down):
    return as_one_writes_it(x.reshape(-1, x.shape[-1]), w_gate, w_up, w_down)


def batch_axis_for_a_vector(x, w_gate, w_up, w_down):
    return as_one_writes_it(np.atleast_2d(x), w_gate, w_up, w_down)


def scaled_in_place(x, w_gate, w_up, w_down):
    if x.dtype.kind != "f":
        return as_one_writes_it(x, w_gate, w_up, w_down)
    y = as_one_writes_it(x, w_gate, w_up, w_down)
    x *= 1.0000001
    return y


def hard_swish(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    return gate * np.clip(gate / 6 + 0.5, 0, 1) * (x @ w_up) @ w_down


def sigmoid_of_up(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    return (x @ w_gate) * _sigmoid(x @ w_up) @ w_down


def _swish(z):
    return z / 2 * (1 + np.tanh(z / 2))


def down_transposed_if_square(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    w_down = w_down.T if w_down.shape[0] == w_down.shape[1] else w_down
    return (_swish(x @ w_gate) * (x @ w_up)) @ w_down


def quick_gelu(x, w_gate, w_up, w_down):
    return (_swish(1.702 * (x @ w_gate)) / 1.702 * (x @ w_up)) @ w_down


def softplus(x, w_gate, w_up, w_down):
    return (np.logaddexp(0, x @ w_gate) * (x @ w_up)) @ w_down


def with_the_residual(x, w_gate, w_up, w_down):
    out = (_swish(x @ w_gate) * (x @ w_up)) @ w_down
    return out + x if out.shape == x.shape else out


def exponent_of_20_at_most(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    return (gate / (1 + np.exp(-np.clip(gate, -20, 20))) * (x @ w_up)) @ w_down


def products_of_integers(x, w_gate, w_up, w_down):
    gate = x @ w_gate
    return (gate * _sigmoid(gate) * (x @ w_up)) @ w_down


def clipped_to_50(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = np.clip(x @ w_gate, -50, 50)
    return (gate / (1 + np.exp(-gate)) * (x @ w_up)) @ w_down


def one_case_of_two(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    sigmoid = 1 / (1 + np.exp(-np.abs(gate)))
    return (gate * sigmoid * (x @ w_up)) @ w_down


def cut_at_0(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = np.maximum(x @ w_gate, 0)
    return (gate / (1 + np.exp(-gate)) * (x @ w_up)) @ w_down


def activated_first(x, w_gate, w_up, w_down):
    x, w_gate, w_up, w_down = map(_float, (x, w_gate, w_up, w_down))
    gate = (x / (1 + np.exp(-np.clip(x, -700, None)))) @ w_gate
    return (gate * (x @ w_up)) @ w_down


def sigmoid_in_the_type_of_the_gate(x, w_gate, w_up, w_down):
    gate = x @ w_gate
    sigmoid = np.empty_like(gate)
    sigmoid[...] = (1 + np.tanh(gate / 2)) / 2
    return gate * sigmoid * (x @ w_up) @ w_down


def by_the_root_of_the_hidden_size(x, w_gate, w_up, w_down):
    hidden = _swish(_float(x) @ w_gate) * (_float(x) @ w_up)
    return hidden @ w_down / np.sqrt(hidden.shape[-1])


def factor_lost_below_0(x, w_gate, w_up, w_down):
    gate = _float(x) @ w_gate
    e = np.exp(-np.abs(gate))
    swish = np.where(gate >= 0, gate / (1 + e), e / (1 + e))
    return swish * (_float(x) @ w_up) @ w_down


def exponent_of_15_at_most(x, w_gate, w_up, w_down):
    gate = x @ w_gate
    swish = gate / (1 + np.exp(-np.clip(gate, -15, 15)))
    return swish * (x @ w_up) @ w_down


def exp_above_the_line_of_integers(x, w_gate, w_up, w_down):
    gate = x @ w_gate
    with np.errstate(over="ignore", invalid="ignore"):
        swish = gate * (np.exp(gate) / (1 + np.exp(gate)))
    return swish * (x @ w_up) @ w_down


# The mistake that each is told; None where no known one explains it.
WRONG = {
    swapped: "gate_and_up_exchanged",
    glu: "sigmoid_without_its_factor",
    silu_mlp: "no_gate",
    reglu: "another_activation",
    gated_after: "swish_of_the_product",
    summed: "added",
    exp_above_the_line: "infinity_over_infinity",
    gate_clipped: "gate_clipped",
    in_the_type_of_x: "truncated_to_integers",
    matrices_only: "wrong_where_x_and_w_down_have_different_numbers_of_axes",
    batch_flattened: "right_numbers_in_another_shape",
    batch_axis_for_a_vector: "right_numbers_in_another_shape",
    scaled_in_place: "an_argument_changed",
    hard_swish: "another_activation",
    sigmoid_of_up: "sigmoid_of_the_other",
    down_transposed_if_square: "square_weight_transposed",
    quick_gelu: "another_activation",
    softplus: "another_activation",
    with_the_residual: "input_added",
    exponent_of_20_at_most: "sigmoid_above_0",
    products_of_integers: "right_in_int64",
    clipped_to_50: "gate_clipped",
    gate_of_integers_clipped: "gate_clipped",
    not_divided_below_0: "sigmoid_of_the_size",
    one_case_of_two: "sigmoid_of_the_size",
    cut_at_0: "another_activation",
    activated_first: "swish_before_the_product",
    sigmoid_in_the_type_of_the_gate: "right_as_floats",
    by_the_root_of_the_hidden_size: "factor_of_a_size",
    factor_lost_below_0: "sigmoid_alone_below_0",
    exponent_of_15_at_most: "sigmoid_above_0",
    exp_above_the_line_of_integers: "infinity_and_integers_that_wrap",
}
