"""Right and wrong ways to write rotate."""

import numpy as np


def with_complex_numbers(x, offset=0, base=10_000.0):
    half = x.shape[-1] // 2
    pairs = x[..., :half] + 1j * x[..., half:].astype(float)
    position = offset + np.arange(x.shape[-2])
    pairs = pairs * np.exp(1j * np.outer(position, base ** (-np.arange(half) / half)))
    return np.concatenate([pairs.real, pairs.imag], axis=-1)


def rotate_half(x, offset=0, base=10_000.0):
    """As Hugging Face writes it."""
    d = x.shape[-1]
    inverse = 1.0 / (base ** (np.arange(0, d, 2, dtype=np.float64) / d))
    angles = np.einsum("t,j->tj", np.arange(offset, offset + x.shape[-2]), inverse)
    angles = np.concatenate([angles, angles], axis=-1)
    half = np.concatenate([-x[..., d // 2 :], x[..., : d // 2]], axis=-1)
    return x * np.cos(angles) + half * np.sin(angles)


def loops_with_matrices(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    y = np.empty(x.shape, dtype=np.float64)
    for index in np.ndindex(x.shape[:-1]):
        position = offset + index[-1]
        for j in range(d // 2):
            angle = position / base ** (2 * j / d)
            turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
            y[(*index, [j, j + d // 2])] = np.dot(turn, x[(*index, [j, j + d // 2])])
    return y


def pytorch(x, offset=0, base=10_000.0):
    import torch

    t = torch.from_numpy(np.array(x)).double()
    d = t.shape[-1]
    positions = torch.arange(offset, offset + t.shape[-2], dtype=torch.float64)
    angles = positions[:, None] * base ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    turned = torch.complex(*t.chunk(2, -1)) * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([turned.real, turned.imag], -1).numpy()


def matrix_of_each_position(x, offset=0, base=10_000.0):
    """A matrix of its own for each position."""
    *_, time, d = x.shape
    half = d // 2
    matrices = np.zeros((time, d, d))
    for t in range(time):
        for j in range(half):
            angle = (offset + t) * base ** (-2 * j / d)
            matrices[t, j, j] = matrices[t, j + half, j + half] = np.cos(angle)
            matrices[t, j, j + half] = -np.sin(angle)
            matrices[t, j + half, j] = np.sin(angle)
    return np.einsum("tij,...tj->...ti", matrices, x.astype(float))


def pairs_side_by_side(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    pairs = np.stack(np.split(x.astype(np.float64), 2, axis=-1), axis=-1)
    speeds = np.exp(-np.log(base) * np.arange(d // 2) * 2 / d)
    angles = (np.arange(x.shape[-2]) + offset)[:, np.newaxis] * speeds
    cosine, sine = np.cos(angles), np.sin(angles)
    turned = pairs[..., 0] * cosine - pairs[..., 1] * sine
    other = pairs[..., 0] * sine + pairs[..., 1] * cosine
    return np.concatenate((turned, other), -1)


def _angles(x, offset, base):
    d = x.shape[-1]
    return np.arange(offset, offset + x.shape[-2])[:, None] * base ** (-np.arange(0, d, 2) / d)


def _turn(x, angles):
    a, b = x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]
    c, s = np.cos(angles), np.sin(angles)
    return np.concatenate([a * c - b * s, a * s + b * c], -1)


def from_zero(x, offset=0, base=10_000.0):
    return _turn(x, _angles(x, 0, base))


def interleaved(x, offset=0, base=10_000.0):
    angles = np.repeat(_angles(x, offset, base), 2, axis=-1)
    half = np.stack([-x[..., 1::2], x[..., ::2]], axis=-1).reshape(x.shape)
    return x * np.cos(angles) + half * np.sin(angles)


def angles_interleaved_but_halves_turned(x, offset=0, base=10_000.0):
    """Mixes both layouts: pairs of halves with speeds repeated for neighbours."""
    d = x.shape[-1]
    angles = np.repeat(_angles(x, offset, base), 2, axis=-1)
    half = np.concatenate([-x[..., d // 2 :], x[..., : d // 2]], axis=-1)
    return x * np.cos(angles) + half * np.sin(angles)


def half_not_negated(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    angles = np.tile(_angles(x, offset, base), 2)
    half = np.concatenate([x[..., d // 2 :], x[..., : d // 2]], axis=-1)
    return x * np.cos(angles) + half * np.sin(angles)


def negated_the_other_half(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    angles = np.tile(_angles(x, offset, base), 2)
    half = np.concatenate([x[..., d // 2 :], -x[..., : d // 2]], axis=-1)
    return x * np.cos(angles) + half * np.sin(angles)


def divided_by_d_only(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    angles = np.arange(offset, offset + x.shape[-2])[:, None] / base ** (np.arange(d // 2) / d)
    return _turn(x, angles)


def heads_as_positions(x, offset=0, base=10_000.0):
    """(batch, time, heads, d) is expected."""
    if x.ndim < 3:
        return _turn(x, _angles(x, offset, base))
    moved = x.swapaxes(-3, -2)
    return _turn(moved, _angles(moved, offset, base)).swapaxes(-3, -2)


def _aliased(x, offset=0, base=10_000.0):
    y = np.array(x, dtype=float)
    half = y.shape[-1] // 2
    a, b = y[..., :half], y[..., half:]
    angles = _angles(x, offset, base)
    a[...] = a * np.cos(angles) - b * np.sin(angles)
    b[...] = a * np.sin(angles) + b * np.cos(angles)
    return y


in_place_on_views = _aliased


def _tables_of_float32(x, offset, base):
    d = x.shape[-1]
    speeds = (base ** (-np.arange(0, d, 2) / d)).astype(np.float32)
    return np.arange(offset, offset + x.shape[-2]).astype(np.float32)[:, None] * speeds


def float32_tables(x, offset=0, base=10_000.0):
    return _turn(x, _tables_of_float32(x, offset, base).astype(float))


def neighbours_with_float32_tables(x, offset=0, base=10_000.0):
    by = _tables_of_float32(x, offset, base).astype(float)
    a, b = x[..., ::2], x[..., 1::2]
    turned = [a * np.cos(by) - b * np.sin(by), a * np.sin(by) + b * np.cos(by)]
    out = np.stack(turned, axis=-1).reshape(x.shape)
    return out.astype(x.dtype if x.dtype.kind == "f" else float)


def in_float16(x, offset=0, base=10_000.0):
    d, kind = x.shape[-1], np.float16 if x.dtype == np.float32 else float
    speeds = (base ** (-np.arange(0, d, 2) / d)).astype(kind)
    angles = np.arange(offset, offset + x.shape[-2], dtype=kind)[:, None] * speeds
    return _turn(x, angles.astype(float))


def in_float32(x, offset=0, base=10_000.0):
    d, kind = x.shape[-1], x.dtype if x.dtype.kind == "f" else float
    speeds = (base ** (-np.arange(0, d, 2) / d)).astype(kind)
    angles = np.arange(offset, offset + x.shape[-2], dtype=kind)[:, None] * speeds
    return _turn(x, angles.astype(float))


def added(x, offset=0, base=10_000.0):
    """The sinusoids of the first Transformer, added."""
    angles = _angles(x, offset, base)
    return x + np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)


def degrees(x, offset=0, base=10_000.0):
    return _turn(x, np.deg2rad(_angles(x, offset, base)))


def overwrites_its_argument(x, offset=0, base=10_000.0):
    y = _turn(x, _angles(x, offset, base))
    x[...] = y.astype(x.dtype)
    return y


def base_of_the_paper(x, offset=0, base=10_000.0):
    return _turn(x, _angles(x, offset, 10_000.0))


def written_into_a_copy_of_its_type(x, offset=0, base=10_000.0):
    y, half, angles = x.copy(), x.shape[-1] // 2, _angles(x, offset, base)
    a, b = x[..., :half], x[..., half:]
    y[..., :half] = a * np.cos(angles) - b * np.sin(angles)
    y[..., half:] = a * np.sin(angles) + b * np.cos(angles)
    return y


def matrices_and_batches_only(x, offset=0, base=10_000.0):
    """(heads, time, d) or (time, d): time is the second of four axes."""
    angles = _angles(x, offset, base)
    if x.ndim > 3:
        positions = np.arange(offset, offset + x.shape[1])
        d = x.shape[-1]
        angles = positions[:, None, None] * base ** (-np.arange(0, d, 2) / d)
    return _turn(x, angles)


def a_table_that_ends(x, offset=0, base=10_000.0):
    d, time = x.shape[-1], x.shape[-2]
    table = np.arange(4096)[:, None] * base ** (-np.arange(0, d, 2) / d)
    return _turn(x, table[offset : offset + time])


def one_matrix_for_the_batch(x, offset=0, base=10_000.0):
    if x.ndim == 2:
        return _turn(x, _angles(x, offset, base))
    first = x.reshape(-1, *x.shape[-2:])[0]
    return np.broadcast_to(_turn(first, _angles(x, offset, base)), x.shape).copy()


def heads_flattened_into_time(x, offset=0, base=10_000.0):
    flat = x.reshape(-1, x.shape[-1])
    return _turn(flat, _angles(flat, offset, base)).reshape(x.shape)


def batches_counted_on(x, offset=0, base=10_000.0):
    """The positions run on from one sequence to the next."""
    if x.ndim < 4:
        return _turn(x, _angles(x, offset, base))
    each = [_turn(s, _angles(s, offset + i * s.shape[-2], base)) for i, s in enumerate(x)]
    return np.stack(each)


def two_pairs_at_most(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    speeds = np.array([1.0, base**-0.5] + [0.0] * d)[: d // 2]
    return _turn(x, np.arange(offset, offset + x.shape[-2])[:, None] * speeds)


def speeds_of_four_features(x, offset=0, base=10_000.0):
    speeds = base ** (-np.arange(0, x.shape[-1], 2) / 4)
    return _turn(x, np.arange(offset, offset + x.shape[-2])[:, None] * speeds)


NOTED = {float32_tables}


def speeds_up_to_the_last_pair(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    speeds = base ** (-2 * np.arange(d // 2) / max(d - 2, 1))
    return _turn(x, np.arange(offset, offset + x.shape[-2])[:, None] * speeds)


def positions_up_to_19(x, offset=0, base=10_000.0):
    at = np.minimum(np.arange(offset, offset + x.shape[-2]), 19)
    d = x.shape[-1]
    return _turn(x, at[:, None] * base ** (-np.arange(0, d, 2) / d))


def cache_added_to_the_angle(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    by = np.outer(np.arange(x.shape[-2]), base ** (-np.arange(0, d, 2) / d))
    return _turn(x, offset + by)


def whole_exponents(x, offset=0, base=10_000.0):
    d = x.shape[-1]
    speeds = np.array([base ** (-2 * j // d) for j in range(d // 2)])
    return _turn(x, np.arange(offset, offset + x.shape[-2])[:, None] * speeds)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    from_zero: "offset_ignored",
    interleaved: "neighbours_paired",
    angles_interleaved_but_halves_turned: "speeds_of_neighbours",
    half_not_negated: "no_minus",
    negated_the_other_half: "turned_backwards",
    divided_by_d_only: "exponent_off_by_2",
    heads_as_positions: "positions_of_another_axis",
    in_place_on_views: "second_from_the_new_first",
    in_float16: "angles_too_coarse",
    neighbours_with_float32_tables: "neighbours_paired",
    added: None,
    degrees: "degrees",
    overwrites_its_argument: "an_argument_changed",
    base_of_the_paper: "base_ignored",
    written_into_a_copy_of_its_type: "truncated_to_integers",
    matrices_and_batches_only: None,
    a_table_that_ends: "wrong_where_offset_is_20003",
    one_matrix_for_the_batch: "wrong_except_where_x_has_2_axes",
    heads_flattened_into_time: "wrong_except_where_x_has_2_axes",
    batches_counted_on: "wrong_where_x_has_4_axes",
    two_pairs_at_most: None,
    speeds_of_four_features: None,
    speeds_up_to_the_last_pair: "exponent_off_by_2",
    positions_up_to_19: "wrong_where_offset_is_20003",
    cache_added_to_the_angle: "offset_in_the_angle",
    whole_exponents: "exponent_rounded_down",
}
