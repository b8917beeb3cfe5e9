"""Right and wrong ways to write a step of a long short-term memory."""

import numpy as np


def _logistic(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


def _parts(x, h, w_x, w_h, b):
    return np.split(1.0 * x @ w_x + 1.0 * h @ w_h + b, 4, axis=1)


def _end(i, f, g, o, c):
    c = f * c + i * g
    return o * np.tanh(c), c, np.hstack([i, f, g, o])


def by_slices(x, h, c, w_x, w_h, b):
    n = h.shape[1]
    a = 1.0 * x @ w_x + 1.0 * h @ w_h + b
    i, f = _logistic(a[:, :n]), _logistic(a[:, n : 2 * n])
    g, o = np.tanh(a[:, 2 * n : 3 * n]), _logistic(a[:, 3 * n :])
    return _end(i, f, g, o, c)


def inputs_and_state_joined(x, h, c, w_x, w_h, b):
    a = np.concatenate([1.0 * x, h], axis=1) @ np.concatenate([1.0 * w_x, w_h]) + b
    i, f, g, o = np.split(a, 4, axis=1)
    return _end(_logistic(i), _logistic(f), np.tanh(g), _logistic(o), c)


def one_tanh_for_all(x, h, c, w_x, w_h, b):
    half = np.repeat([0.5, 0.5, 1.0, 0.5], h.shape[1])
    gates = np.tanh((1.0 * x @ w_x + 1.0 * h @ w_h + b) * half) * half + (1 - half)
    n = h.shape[1]
    i, f, g, o = gates.reshape(len(x), 4, n).swapaxes(0, 1)
    return _end(i, f, g, o, c)


def gate_by_gate(x, h, c, w_x, w_h, b):
    n, found = h.shape[1], []
    for k, squash in enumerate((_logistic, _logistic, np.tanh, _logistic)):
        at = slice(k * n, (k + 1) * n)
        found.append(squash(1.0 * x @ w_x[:, at] + 1.0 * h @ w_h[:, at] + b[at]))
    return [*_end(*found, c)]


def sequence_by_sequence(x, h, c, w_x, w_h, b):
    rows = zip(x[:, None], h[:, None], c[:, None], strict=True)
    parts = [by_slices(*row, w_x, w_h, b) for row in rows]
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


def stable_exponentials(x, h, c, w_x, w_h, b):
    def squash(z):
        small = np.exp(-np.abs(z))
        return np.where(z >= 0, 1, small) / (1 + small)

    i, f, g, o = _parts(x, h, w_x, w_h, b)
    return _end(squash(i), squash(f), np.tanh(g), squash(o), c)


def pytorch(x, h, c, w_x, w_h, b):
    import torch

    x, h, c, w_x, w_h, b = (torch.tensor(a, dtype=torch.float64) for a in (x, h, c, w_x, w_h, b))
    i, f, g, o = (x @ w_x + h @ w_h + b).chunk(4, dim=1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return (o * c.tanh()).numpy(), c.numpy(), torch.cat([i, f, g, o], dim=1).numpy()


# Wrong ones


def order_of_another_library(x, h, c, w_x, w_h, b):
    i, f, o, g = _parts(x, h, w_x, w_h, b)
    return _end(_logistic(i), _logistic(f), np.tanh(g), _logistic(o), c)


def forget_block_first(x, h, c, w_x, w_h, b):
    f, i, g, o = _parts(x, h, w_x, w_h, b)
    return _end(_logistic(i), _logistic(f), np.tanh(g), _logistic(o), c)


def four_sigmoids(x, h, c, w_x, w_h, b):
    return _end(*map(_logistic, _parts(x, h, w_x, w_h, b)), c)


def state_is_gated_cell(x, h, c, w_x, w_h, b):
    _, c, gates = by_slices(x, h, c, w_x, w_h, b)
    return gates[:, -h.shape[1] :] * c, c, gates


def squashed_before_the_step(x, h, c, w_x, w_h, b):
    _, new, gates = by_slices(x, h, c, w_x, w_h, b)
    return gates[:, -h.shape[1] :] * np.tanh(c), new, gates


def output_by_input_gate(x, h, c, w_x, w_h, b):
    _, c, gates = by_slices(x, h, c, w_x, w_h, b)
    return gates[:, : h.shape[1]] * np.tanh(c), c, gates


def candidate_added(x, h, c, w_x, w_h, b):
    i, f, g, o = _parts(x, h, w_x, w_h, b)
    f, g, o, i = _logistic(f), np.tanh(g), _logistic(o), _logistic(i)
    c = f * c + g
    return o * np.tanh(c), c, np.hstack([i, f, g, o])


def cell_summed_up(x, h, c, w_x, w_h, b):
    i, f, g, o = _parts(x, h, w_x, w_h, b)
    i, f, g, o = _logistic(i), _logistic(f), np.tanh(g), _logistic(o)
    c = c + i * g
    return o * np.tanh(c), c, np.hstack([i, f, g, o])


def forgets_by_f(x, h, c, w_x, w_h, b):
    i, f, g, o = _parts(x, h, w_x, w_h, b)
    i, f, g, o = _logistic(i), _logistic(f), np.tanh(g), _logistic(o)
    c = c - f * c + i * g
    return o * np.tanh(c), c, np.hstack([i, f, g, o])


def coupled_as_in_a_gru(x, h, c, w_x, w_h, b):
    i, f, g, o = _parts(x, h, w_x, w_h, b)
    i, f, g, o = _logistic(i), _logistic(f), np.tanh(g), _logistic(o)
    c = g + f * (c - g)
    return o * np.tanh(c), c, np.hstack([i, f, g, o])


def gates_of_the_inputs(x, h, c, w_x, w_h, b):
    return by_slices(x, h, c, w_x, np.zeros_like(w_h), b)


def no_bias(x, h, c, w_x, w_h, b):
    return by_slices(x, h, c, w_x, w_h, np.zeros_like(b))


def two_biases(x, h, c, w_x, w_h, b):
    i, f, g, o = np.split((1.0 * x @ w_x + b) + (1.0 * h @ w_h + b), 4, axis=1)
    return _end(_logistic(i), _logistic(f), np.tanh(g), _logistic(o), c)


def takes_in_by_f(x, h, c, w_x, w_h, b):
    _, _, gates = by_slices(x, h, c, w_x, w_h, b)
    i, f, g, o = np.hsplit(gates, 4)
    new, c, _ = _end(f, i, g, o, c)
    return new, c, gates


def peeps_at_the_cell(x, h, c, w_x, w_h, b):
    return by_slices(x, c, c, w_x, w_h, b)


def keeps_the_sums(x, h, c, w_x, w_h, b):
    new, c, _ = by_slices(x, h, c, w_x, w_h, b)
    return new, c, 1.0 * x @ w_x + 1.0 * h @ w_h + b


def four_columns_a_unit(x, h, c, w_x, w_h, b):
    a = 1.0 * x @ w_x + 1.0 * h @ w_h + b
    return _end(
        _logistic(a[:, ::4]), _logistic(a[:, 1::4]), np.tanh(a[:, 2::4]), _logistic(a[:, 3::4]), c
    )


def hands_on_a_tanh(x, h, c, w_x, w_h, b):
    new, c, gates = by_slices(x, h, c, w_x, w_h, b)
    return new, np.tanh(c), gates


def infinity_over_infinity(x, h, c, w_x, w_h, b):
    i, f, g, o = _parts(x, h, w_x, w_h, b)
    with np.errstate(all="ignore"):
        i, f, o = (np.exp(z) / (np.exp(z) + 1) for z in (i, f, o))
    return _end(i, f, np.tanh(g), o, c)


def cell_and_state_exchanged(x, h, c, w_x, w_h, b):
    new, c, gates = by_slices(x, h, c, w_x, w_h, b)
    return c, new, gates


def gates_stacked(x, h, c, w_x, w_h, b):
    new, c, gates = by_slices(x, h, c, w_x, w_h, b)
    return new, c, np.stack(np.split(gates, 4, axis=1))


def cell_clipped(x, h, c, w_x, w_h, b):
    i, f, g, o = _parts(x, h, w_x, w_h, b)
    i, f, g, o = _logistic(i), _logistic(f), np.tanh(g), _logistic(o)
    c = np.clip(f * c + i * g, -10, 10)
    return o * np.tanh(c), c, np.hstack([i, f, g, o])


def axes_of_one_dropped(x, h, c, w_x, w_h, b):
    return tuple(each.squeeze() for each in by_slices(x, h, c, w_x, w_h, b))


def a_copy_of_the_cell_in_place(x, h, c, w_x, w_h, b):
    """A cell of integers takes no product with a float in place."""
    _, _, gates = by_slices(x, h, c, w_x, w_h, b)
    i, f, g, o = np.split(gates, 4, axis=1)
    c = c.copy()
    c *= f
    c += i * g
    return o * np.tanh(c), c, gates


def state_in_the_type_of_the_old(x, h, c, w_x, w_h, b):
    new, c, gates = by_slices(x, h, c, w_x, w_h, b)
    out = np.empty_like(h)
    out[:] = new
    return out, c, gates


def in_the_type_of_the_inputs(x, h, c, w_x, w_h, b):
    return tuple(each.astype(x.dtype) for each in by_slices(x, h, c, w_x, w_h, b))


def gates_of_straight_lines(x, h, c, w_x, w_h, b):
    i, f, g, o = _parts(x, h, w_x, w_h, b)
    i, f, o = (np.minimum(1, np.maximum(0, (z + 2.5) / 5)) for z in (i, f, o))
    return _end(i, f, np.tanh(g), o, c)


def remembers_at_first(x, h, c, w_x, w_h, b):
    n = h.shape[1]
    return by_slices(x, h, c, w_x, w_h, b + np.repeat([0.0, 1.0, 0.0, 0.0], n))


def tanh_by_hand(x, h, c, w_x, w_h, b):
    def tanh(z):
        with np.errstate(all="ignore"):
            return (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)

    i, f, g, o = _parts(x, h, w_x, w_h, b)
    i, f, g, o = _logistic(i), _logistic(f), tanh(g), _logistic(o)
    c = f * c + i * g
    return o * tanh(c), c, np.hstack([i, f, g, o])


def read_as_pytorchs_weights(x, h, c, w_x, w_h, b):
    w_x, w_h = (w.reshape(len(b), -1).T for w in (w_x, w_h))
    return by_slices(x, h, c, w_x, w_h, b)


# What each is told.
WRONG = {
    order_of_another_library: "candidate_behind_the_output_gate",
    forget_block_first: "forget_gate_first",
    four_sigmoids: "sigmoid_for_the_candidate",
    state_is_gated_cell: "state_without_tanh",
    squashed_before_the_step: "state_of_the_old_cell",
    output_by_input_gate: "input_gate_for_the_new_state",
    candidate_added: "candidate_taken_in_whole",
    cell_summed_up: "nothing_forgotten",
    forgets_by_f: "forget_gate_turned",
    coupled_as_in_a_gru: "one_gate_for_both",
    gates_of_the_inputs: "state_not_read",
    no_bias: "bias_forgotten",
    two_biases: "bias_twice",
    takes_in_by_f: "gates_exchanged_at_the_cell",
    peeps_at_the_cell: "cell_for_the_state",
    keeps_the_sums: "sums_for_gates",
    four_columns_a_unit: "units_of_four",
    hands_on_a_tanh: "cell_squashed",
    infinity_over_infinity: "exponential_over_its_successor",
    cell_and_state_exchanged: "parts_in_another_order",
    gates_stacked: "axes_not_joined",
    cell_clipped: "wrong_only_in_c",
    axes_of_one_dropped: "right_numbers_in_another_shape",
    a_copy_of_the_cell_in_place: "integers_refused",
    state_in_the_type_of_the_old: "truncated_to_integers",
    in_the_type_of_the_inputs: "truncated_to_integers",
    gates_of_straight_lines: "hard_sigmoid",
    remembers_at_first: "more_for_the_forget_gate",
    tanh_by_hand: "tanh_of_exponentials",
    read_as_pytorchs_weights: None,
}
