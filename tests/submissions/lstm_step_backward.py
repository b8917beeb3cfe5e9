"""Right and wrong ways to write the backward pass of a long short-term memory's step."""

import numpy as np


def _floats(*arrays):
    return [np.asarray(each, float) for each in arrays]


def _values(dh, dc, c, gates):
    """The gates, the new cell, and the gradients at it and at the four gates."""
    dh, dc, c, gates = _floats(dh, dc, c, gates)
    i, f, g, o = np.hsplit(gates, 4)
    new = f * c + i * g
    whole = dc + dh * o / np.cosh(np.clip(new, -300, 300)) ** 2
    return i, f, g, o, new, whole


def _out(da, before, x, h, w_x, w_h):
    x, h, w_x, w_h = _floats(x, h, w_x, w_h)
    return da @ w_x.T, da @ w_h.T, before, x.T @ da, h.T @ da, da.sum(axis=0)


def _slopes(i, f, g, o):
    return i - i**2, f - f**2, 1 - g**2, o - o**2


def by_cosh(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    parts = whole * g, whole * c, whole * i, dh * np.tanh(new)
    da = np.hstack([p * s for p, s in zip(parts, _slopes(i, f, g, o), strict=True)])
    return _out(da, whole * f, x, h, w_x, w_h)


def by_slices(dh, dc, x, h, c, gates, w_x, w_h):
    n = h.shape[1]
    dh, dc, c, gates = _floats(dh, dc, c, gates)
    i, f, g, o = (gates[:, k * n : (k + 1) * n] for k in range(4))
    squashed = np.tanh(f * c + i * g)
    whole = dc + dh * o * (1 - squashed) * (1 + squashed)
    da = np.empty_like(gates)
    da[:, :n] = whole * g * i * (1 - i)
    da[:, n : 2 * n] = whole * c * f * (1 - f)
    da[:, 2 * n : 3 * n] = whole * i * (1 - g**2)
    da[:, 3 * n :] = dh * squashed * o * (1 - o)
    return _out(da, whole * f, x, h, w_x, w_h)


def gate_by_gate(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    x, h, w_x, w_h = _floats(x, h, w_x, w_h)
    parts = whole * g, whole * c, whole * i, dh * np.tanh(new)
    n, dx, before, grown = h.shape[1], 0, 0, []
    for k, (part, slope) in enumerate(zip(parts, _slopes(i, f, g, o), strict=True)):
        at, d = slice(k * n, (k + 1) * n), part * slope
        dx = dx + d @ w_x[:, at].T
        before = before + d @ w_h[:, at].T
        grown.append((x.T @ d, h.T @ d, d.sum(0)))
    weights = [np.concatenate(each, axis=-1) for each in zip(*grown, strict=True)]
    return [dx, before, whole * f, *weights]


def inputs_and_state_joined(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    parts = np.stack([whole * g, whole * c, whole * i, dh * np.tanh(new)], axis=1)
    da = (parts * np.stack(_slopes(i, f, g, o), axis=1)).reshape(len(x), -1)
    joined, w = np.hstack(_floats(x, h)), np.vstack(_floats(w_x, w_h))
    back, dw = da @ w.T, joined.T @ da
    n = x.shape[1]
    return back[:, :n], back[:, n:], whole * f, dw[:n], dw[n:], np.ones(len(x)) @ da


def sequence_by_sequence(dh, dc, x, h, c, gates, w_x, w_h):
    rows = zip(*(a[:, None] for a in (dh, dc, x, h, c, gates)), strict=True)
    parts = [*zip(*(by_slices(*row, w_x, w_h) for row in rows), strict=True)]
    return (*map(np.concatenate, parts[:3]), *(sum(each) for each in parts[3:]))


def by_einsum(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    parts = np.stack([whole * g, whole * c, whole * i, dh * np.tanh(new)])
    d = parts * np.stack(_slopes(i, f, g, o))
    x, h, w_x, w_h = _floats(x, h, w_x, w_h)
    n = h.shape[1]
    back = [np.einsum("knj,ikj->ni", d, w.reshape(len(w), 4, n)) for w in (w_x, w_h)]
    grown = [np.einsum("ni,knj->ikj", a, d).reshape(-1, 4 * n) for a in (x, h)]
    return *back, whole * f, *grown, d.sum(axis=1).ravel()


def pytorch(dh, dc, x, h, c, gates, w_x, w_h):
    """Autograd behind sums that give these gates the slopes that they have."""
    import torch

    dh, dc, c, gates = (torch.tensor(a, dtype=torch.float64) for a in (dh, dc, c, gates))
    c.requires_grad_()
    parts = [each.clone().requires_grad_() for each in gates.chunk(4, dim=1)]
    i, f, g, o = parts
    new = f * c + i * g
    found = torch.autograd.grad([o * new.tanh(), new], [c, *parts], [dh, dc])
    slopes = i * (1 - i), f * (1 - f), 1 - g**2, o * (1 - o)
    da = torch.cat([a * s for a, s in zip(found[1:], slopes, strict=True)], dim=1)
    return _out(da.detach().numpy(), found[0].numpy(), x, h, w_x, w_h)


# Wrong ones


def _changed(dh, dc, x, h, c, gates, w_x, w_h, **of):
    """As `by_cosh`, with what is named in another way."""
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    whole = of.get("whole", whole)
    parts = [whole * g, whole * c, whole * i, dh * np.tanh(new)]
    slopes = [*_slopes(i, f, g, o)]
    for k, part in of.get("parts", {}).items():
        parts[k] = part
    for k, slope in of.get("slopes", {}).items():
        slopes[k] = slope
    da = np.hstack([p * s for p, s in zip(parts, slopes, strict=True)])
    return _out(da, of.get("before", whole * f), x, h, w_x, w_h)


def dc_not_added(dh, dc, x, h, c, gates, w_x, w_h):
    whole = _values(dh, dc, c, gates)[-1] - dc
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=whole)


def dc_alone(dh, dc, x, h, c, gates, w_x, w_h):
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=1.0 * dc)


def through_an_open_tanh(dh, dc, x, h, c, gates, w_x, w_h):
    o = gates[:, -h.shape[1] :]
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=1.0 * dc + dh * o)


def slope_from_the_state(dh, dc, x, h, c, gates, w_x, w_h):
    _, _, _, o, new, _ = _values(dh, dc, c, gates)
    state = o * np.tanh(new)
    whole = dc + dh * o * (1 - state**2)
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=whole)


def cell_before_the_step(dh, dc, x, h, c, gates, w_x, w_h):
    o = gates[:, -h.shape[1] :]
    whole = dc + dh * o * (1 - np.tanh(c) ** 2)
    out = {3: dh * np.tanh(c)}
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=whole, parts=out)


def forget_gets_the_new_cell(dh, dc, x, h, c, gates, w_x, w_h):
    *_, new, whole = _values(dh, dc, c, gates)
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, parts={1: whole * new})


def factors_exchanged(dh, dc, x, h, c, gates, w_x, w_h):
    i, _, g, _, _, whole = _values(dh, dc, c, gates)
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, parts={0: whole * i, 2: whole * g})


def output_without_tanh(dh, dc, x, h, c, gates, w_x, w_h):
    new = _values(dh, dc, c, gates)[4]
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, parts={3: dh * new})


def no_slopes(dh, dc, x, h, c, gates, w_x, w_h):
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, slopes=dict.fromkeys(range(4), 1.0))


def four_sigmoids(dh, dc, x, h, c, gates, w_x, w_h):
    g = np.hsplit(1.0 * gates, 4)[2]
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, slopes={2: g - g**2})


def four_tanhs(dh, dc, x, h, c, gates, w_x, w_h):
    slopes = {k: 1 - s**2 for k, s in enumerate(np.hsplit(1.0 * gates, 4))}
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, slopes=slopes)


def slope_of_a_second_tanh(dh, dc, x, h, c, gates, w_x, w_h):
    g = np.hsplit(1.0 * gates, 4)[2]
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, slopes={2: np.cosh(g) ** -2})


def gates_taken_for_sums(dh, dc, x, h, c, gates, w_x, w_h):
    n = h.shape[1]
    squashed = 1 / (1 + np.exp(-1.0 * gates))
    squashed[:, 2 * n : 3 * n] = np.tanh(1.0 * gates[:, 2 * n : 3 * n])
    return by_cosh(dh, dc, x, h, c, squashed, w_x, w_h)


def state_behind_the_step(dh, dc, x, h, c, gates, w_x, w_h):
    o, new = _values(dh, dc, c, gates)[3:5]
    return by_slices(dh, dc, x, o * np.tanh(new), c, gates, w_x, w_h)


def cell_kept_whole(dh, dc, x, h, c, gates, w_x, w_h):
    whole = _values(dh, dc, c, gates)[-1]
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, before=whole)


def old_cell_by_the_next_step(dh, dc, x, h, c, gates, w_x, w_h):
    f = np.hsplit(1.0 * gates, 4)[1]
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, before=dc * f)


def output_before_candidate(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    parts = whole * g, whole * c, dh * np.tanh(new), whole * i
    slopes = i - i**2, f - f**2, o - o**2, 1 - g**2
    da = np.hstack([p * s for p, s in zip(parts, slopes, strict=True)])
    return _out(da, whole * f, x, h, w_x, w_h)


def mean_over_the_batch(dh, dc, x, h, c, gates, w_x, w_h):
    *back, dw_x, dw_h, db = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return *back, dw_x / len(x), dw_h / len(x), db / len(x)


def bias_alone_averaged(dh, dc, x, h, c, gates, w_x, w_h):
    *others, db = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return *others, db / len(x)


def bias_row_by_row(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    parts = whole * g, whole * c, whole * i, dh * np.tanh(new)
    da = np.hstack([p * s for p, s in zip(parts, _slopes(i, f, g, o), strict=True)])
    return *_out(da, whole * f, x, h, w_x, w_h)[:5], da


def cell_through_the_weights(dh, dc, x, h, c, gates, w_x, w_h):
    dx, before, cell, *weights = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, before, cell + before, *weights


def cell_before_state(dh, dc, x, h, c, gates, w_x, w_h):
    dx, before, cell, *weights = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, cell, before, *weights


def first_sequence_only(dh, dc, x, h, c, gates, w_x, w_h):
    dx, before, cell, *_ = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    first = (each[:1] for each in (dh, dc, x, h, c, gates))
    return dx, before, cell, *by_cosh(*first, w_x, w_h)[3:]


def dc_changed_in_place(dh, dc, x, h, c, gates, w_x, w_h):
    whole = _values(dh, dc, c, gates)[-1]
    found = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    if dc.dtype.kind == "f":
        dc[:] = whole
    return found


def in_the_type_of_the_state(dh, dc, x, h, c, gates, w_x, w_h):
    dx, before, *others = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, before.astype(h.dtype), *others


def cell_in_its_own_type(dh, dc, x, h, c, gates, w_x, w_h):
    dx, before, cell, *weights = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, before, cell.astype(c.dtype), *weights


def axes_of_one_dropped(dh, dc, x, h, c, gates, w_x, w_h):
    found = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return tuple(each.squeeze() for each in found)


def slopes_of_the_whole_batch(dh, dc, x, h, c, gates, w_x, w_h):
    """The bias's gradient of more than one sequence is a mean, the weights' are sums."""
    found = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return *found[:5], found[5] / max(1, len(x) - 1)


def tanh_of_a_large_cell_by_halves(dh, dc, x, h, c, gates, w_x, w_h):
    """Where the cell is beyond 5, its tanh is taken for ±1 and its slope for a tenth."""
    i, f, g, o = np.hsplit(1.0 * gates, 4)
    new = f * c + i * g
    slope = np.where(np.abs(new) > 5, 0.1, 1 - np.tanh(new) ** 2)
    whole = dc + dh * o * slope
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=whole)


def sum_of_gradients_in_bytes(dh, dc, x, h, c, gates, w_x, w_h):
    found = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    return *found[:2], found[2].astype(np.result_type(dc, gates)), *found[3:]


def _from(gates, join, dh, dc, x, h, c, w_x, w_h):
    """All gradients, from gates as they were read, put side by side by `join`."""
    i, f, g, o = gates
    tanh = np.tanh(f * c + i * g)
    whole = dc + dh * o * (1 - tanh**2)
    parts = whole * g, whole * c, whole * i, dh * tanh
    da = join([p * s for p, s in zip(parts, _slopes(i, f, g, o), strict=True)])
    return _out(da, whole * f, x, h, w_x, w_h)


def output_gate_third(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, o, g = np.hsplit(1.0 * gates, 4)

    def join(parts):
        return np.hstack([parts[0], parts[1], parts[3], parts[2]])

    return _from((i, f, g, o), join, dh, dc, x, h, c, w_x, w_h)


def forget_gate_first(dh, dc, x, h, c, gates, w_x, w_h):
    f, i, g, o = np.hsplit(1.0 * gates, 4)

    def join(parts):
        return np.hstack([parts[1], parts[0], parts[2], parts[3]])

    return _from((i, f, g, o), join, dh, dc, x, h, c, w_x, w_h)


def four_of_each_unit(dh, dc, x, h, c, gates, w_x, w_h):
    n = len(gates)
    read = np.moveaxis(1.0 * gates.reshape(n, -1, 4), 2, 0)

    def join(parts):
        return np.stack(parts, axis=2).reshape(n, -1)

    return _from(read, join, dh, dc, x, h, c, w_x, w_h)


def _without_slope(gate, dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    slopes = [*_slopes(i, f, g, o)]
    slopes[gate] = 1.0
    parts = whole * g, whole * c, whole * i, dh * np.tanh(new)
    da = np.hstack([p * s for p, s in zip(parts, slopes, strict=True)])
    return _out(da, whole * f, x, h, w_x, w_h)


def input_gate_without_slope(dh, dc, x, h, c, gates, w_x, w_h):
    return _without_slope(0, dh, dc, x, h, c, gates, w_x, w_h)


def candidate_without_slope(dh, dc, x, h, c, gates, w_x, w_h):
    return _without_slope(2, dh, dc, x, h, c, gates, w_x, w_h)


def square_outside(dh, dc, x, h, c, gates, w_x, w_h):
    _, _, _, o, new, _ = _values(dh, dc, c, gates)
    whole = dc + dh * o * (1 - np.tanh(new)) ** 2
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=whole)


def zeros_like_the_gates(dh, dc, x, h, c, gates, w_x, w_h):
    i, f, g, o, new, whole = _values(dh, dc, c, gates)
    parts = whole * g, whole * c, whole * i, dh * np.tanh(new)
    da = np.zeros_like(gates)
    for k, (part, slope) in enumerate(zip(parts, _slopes(i, f, g, o), strict=True)):
        da[:, k * h.shape[1] :][:, : h.shape[1]] = part * slope
    return _out(da, whole * f, x, h, w_x, w_h)


def overwritten_in_the_loop(dh, dc, x, h, c, gates, w_x, w_h):
    dx, before, cell, *_ = by_cosh(dh, dc, x, h, c, gates, w_x, w_h)
    for n in range(len(x)):
        row = (each[n : n + 1] for each in (dh, dc, x, h, c, gates))
        dw_x, dw_h, db = by_cosh(*row, w_x, w_h)[3:]
    return dx, before, cell, dw_x, dw_h, db


def square_of_the_cell(dh, dc, x, h, c, gates, w_x, w_h):
    _, _, _, o, new, _ = _values(dh, dc, c, gates)
    return _changed(dh, dc, x, h, c, gates, w_x, w_h, whole=dc + dh * o * (1 - new * new))


# What each is told.
WRONG = {
    dc_not_added: "next_step_forgotten",
    dc_alone: "cell_not_reached_through_the_state",
    through_an_open_tanh: "slope_of_the_cells_tanh_left_out",
    slope_from_the_state: "slope_at_the_new_state",
    cell_before_the_step: "tanh_of_the_old_cell",
    forget_gets_the_new_cell: "forget_gate_of_the_new_cell",
    factors_exchanged: "own_factor",
    output_without_tanh: "output_gate_of_the_cell",
    no_slopes: "slopes_of_gates_left_out",
    four_sigmoids: "sigmoids_slope_for_the_candidate",
    four_tanhs: "tanhs_slope_for_the_gates",
    slope_of_a_second_tanh: "candidates_tanh_taken_twice",
    gates_taken_for_sums: "gates_squashed_again",
    state_behind_the_step: "weights_meet_the_new_state",
    cell_kept_whole: "cells_gradient_not_forgotten",
    old_cell_by_the_next_step: "old_cell_from_dc_alone",
    output_before_candidate: "candidate_behind_the_output_gate",
    mean_over_the_batch: "averaged_over_sequences",
    bias_alone_averaged: "factor_of_a_size",
    bias_row_by_row: "bias_for_each_sequence",
    cell_through_the_weights: "old_cell_through_the_gates",
    cell_before_state: "parts_in_another_order",
    first_sequence_only: "first_row_alone",
    dc_changed_in_place: "an_argument_changed",
    in_the_type_of_the_state: "truncated_to_integers",
    cell_in_its_own_type: "truncated_to_integers",
    axes_of_one_dropped: "right_numbers_in_another_shape",
    slopes_of_the_whole_batch: "wrong_only_in_db",
    tanh_of_a_large_cell_by_halves: None,
    sum_of_gradients_in_bytes: "truncated_to_integers",
    output_gate_third: "gates_in_another_order",
    forget_gate_first: "gates_in_another_order",
    four_of_each_unit: "gates_unit_by_unit",
    input_gate_without_slope: "one_slope_left_out",
    candidate_without_slope: "one_slope_left_out",
    square_outside: "square_of_the_difference",
    zeros_like_the_gates: "in_the_type_of_the_gates",
    overwritten_in_the_loop: "last_row_alone",
    square_of_the_cell: "slope_at_the_cell",
}
