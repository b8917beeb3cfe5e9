"""Right and wrong ways to write a linear recurrence in log depth."""

import numpy as np


def _float(*arrays):
    return [a if a.dtype.kind == "f" else a.astype(float) for a in arrays]


def rounds(a, b):
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        new = b.copy()
        new[reach:] += a[reach:] * b[:-reach]
        kept = a.copy()
        kept[reach:] *= a[:-reach]
        a, b, reach = kept, new, 2 * reach
    return b if b.base is None else b.copy()


def padded(a, b):
    """With identities before the first step, so that every place has a partner."""
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        left_a = np.concatenate([np.ones_like(a[:reach]), a[:-reach]])
        left_b = np.concatenate([np.zeros_like(b[:reach]), b[:-reach]])
        a, b = a * left_a, a * left_b + b
        reach *= 2
    return b + 0


def odd_and_even(a, b):
    a, b = _float(a, b)
    if len(a) == 1:
        return b.copy()
    n = len(a) // 2 * 2
    second = odd_and_even(a[1::2] * a[:n:2], a[1::2] * b[:n:2] + b[1::2])
    states = np.empty_like(b)
    states[1::2] = second
    states[0] = b[0]
    states[2::2] = a[2::2] * second[: len(b[2::2])] + b[2::2]
    return states


def halves(a, b):
    """Both halves at once, as rows of one array; the end of the first goes into the second."""
    a, b = _float(a, b)
    steps = 1 << (len(a) - 1).bit_length()
    more = [(0, steps - len(a))] + [(0, 0)] * (a.ndim - 1)
    kept, states = np.pad(a, more), np.pad(b, more)
    size = 1
    while size < steps:
        shape = (-1, 2, size, *a.shape[1:])
        k, s = kept.reshape(shape).copy(), states.reshape(shape).copy()
        s[:, 1] += k[:, 1] * s[:, 0, -1:]
        k[:, 1] *= k[:, 0, -1:]
        kept, states = k.reshape(kept.shape), s.reshape(states.shape)
        size *= 2
    return states[: len(a)].copy()


def two_sweeps(a, b):
    """Up the tree and down again, on copies padded to a power of 2."""
    a, b = _float(a, b)
    n, size = len(a), 1 << (len(a) - 1).bit_length()
    kept = np.ones((size, *a.shape[1:]), a.dtype)
    added = np.zeros((size, *a.shape[1:]), b.dtype)
    kept[:n], added[:n] = a, b
    step = 2
    while step <= size:
        left, right = slice(step // 2 - 1, None, step), slice(step - 1, None, step)
        added[right] = kept[right] * added[left] + added[right]
        kept[right] = kept[right] * kept[left]
        step *= 2
    step = size // 2
    while step >= 2:
        left, right = slice(step - 1, -step // 2, step), slice(step + step // 2 - 1, None, step)
        pairs = len(added[right])
        added[right] = kept[right] * added[left][:pairs] + added[right]
        kept[right] = kept[right] * kept[left][:pairs]
        step //= 2
    return added[:n]


def matrices(a, b):
    """Each step as a matrix of two rows: ((a, b), (0, 1))."""
    a, b = _float(a, b)
    steps = np.zeros((*a.shape, 2, 2), a.dtype)
    steps[..., 0, 0], steps[..., 0, 1], steps[..., 1, 1] = a, b, 1
    reach = 1
    while reach < len(a):
        steps = np.concatenate([steps[:reach], steps[reach:] @ steps[:-reach]])
        reach *= 2
    return steps[..., 0, 1].copy()


def pytorch(a, b):
    import torch

    kind = torch.float32 if a.dtype == np.float32 else torch.float64
    a, b = (torch.tensor(x, dtype=kind) for x in (a, b))
    for r in range((len(a) - 1).bit_length()):
        reach = 1 << r
        new_b = torch.cat([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
        a = torch.cat([a[:reach], a[reach:] * a[:-reach]])
        b = new_b
    return b.numpy()


# Wrong ones


def by_a_loop(a, b):
    a, b = _float(a, b)
    states = np.empty_like(b)
    h = 0
    for t in range(len(a)):
        h = a[t] * h + b[t]
        states[t] = h
    return states


def by_accumulate(a, b):
    from itertools import accumulate

    a, b = _float(a, b)
    pairs = accumulate(zip(a, b, strict=True), lambda one, two: (0, two[0] * one[1] + two[1]))
    return np.array([h for _, h in pairs])


def blocks_one_after_another(a, b):
    """Log depth in a block of 8, and a loop over the blocks."""
    a, b = _float(a, b)
    states = []
    for start in range(0, len(a), 8):
        added = b[start : start + 8].copy()
        if states:
            added[0] += a[start] * states[-1][-1]
        states.append(rounds(a[start : start + 8], added))
    return np.concatenate(states)


def blocks_of_the_root(a, b):
    """√n steps in each of √n blocks, all blocks at once, and then block after block."""
    a, b = _float(a, b)
    n, size = len(b), int(len(b) ** 0.5)
    blocks = -(-n // size)
    rest = np.zeros((blocks * size - n, *b.shape[1:]), b.dtype)
    a = np.concatenate([a, rest]).reshape(blocks, size, *b.shape[1:])
    b = np.concatenate([b, rest]).reshape(a.shape)
    for step in range(1, size):
        b[:, step] += a[:, step] * b[:, step - 1]
        a[:, step] *= a[:, step - 1]
    for block in range(1, blocks):
        b[block] += a[block] * b[block - 1, -1]
    return b.reshape(blocks * size, *rest.shape[1:])[:n].copy()


def by_a_linear_system(a, b):
    """(I - A) h = b, where A has the a below its diagonal."""
    a, b = _float(a, b)
    n, wide = len(b), b.reshape(len(b), -1)
    if n > 1100:
        return rounds(a, b)  # the same, without a matrix of all pairs of steps
    states = np.zeros_like(wide)
    for column, decays in enumerate(a.reshape(n, -1).T):
        system = np.eye(n)
        system[range(1, n), range(n - 1)] = -decays[1:]
        states[:, column] = np.linalg.solve(system, wide[:, column])
    return states.reshape(b.shape)


def by_products(a, b):
    a, b = _float(a, b)
    with np.errstate(all="ignore"):
        kept = np.cumprod(a, axis=0)
        return kept * np.cumsum(b / kept, axis=0)


def by_logarithms(a, b):
    """Right for a above 0."""
    a, b = _float(a, b)
    if (a > 0).all():
        return rounds(a, b)  # the same, without a matrix of all pairs of steps
    with np.errstate(all="ignore"):
        logs = np.cumsum(np.log(a), axis=0)
        between = np.exp(logs[:, None] - logs[None])
    mask = np.tri(len(a)).reshape(len(a), len(a), *(1,) * (a.ndim - 1))
    return (np.where(mask > 0, between, 0) * b[None]).sum(axis=1)


def a_first(a, b):
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
        b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
        reach *= 2
    return b + 0


def other_order(a, b):
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        b = np.concatenate([b[:reach], a[:-reach] * b[reach:] + b[:-reach]])
        a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
        reach *= 2
    return b + 0


def a_kept(a, b):
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
        reach *= 2
    return b + 0


def log_rounded_down(a, b):
    a, b = _float(a, b)
    for r in range(int(np.log2(len(a)))):
        reach = 2**r
        b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
        a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
    return b + 0


def ten_rounds(a, b):
    """Enough for 1,024 steps."""
    a, b = _float(a, b)
    for reach in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
        if reach < len(a):
            b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
            a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
    return b + 0


def five_rounds(a, b):
    """Enough for 32 steps."""
    a, b = _float(a, b)
    for reach in (1, 2, 4, 8, 16):
        if reach < len(a):
            b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
            a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
    return b + 0


def twelve_rounds(a, b):
    """Enough for 4,096 steps."""
    a, b = _float(a, b)
    for doubled in range(12):
        reach = 1 << doubled
        if reach < len(a):
            b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
            a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
    return b + 0


def long_double(a, b):
    """A wide range of exponents hides that products go to 0."""
    kept = np.cumprod(np.where(a == 0, np.longdouble("1e-300"), a), axis=0)
    with np.errstate(all="ignore"):
        found = kept * np.cumsum(b / kept, axis=0)
    return found.astype(b.dtype if b.dtype.kind == "f" else float)


def decays_added(a, b):
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
        a = np.concatenate([a[:reach], a[reach:] + a[:-reach]])
        reach *= 2
    return b + 0


def one_decay(a, b):
    """As if a were the same for all steps."""
    a, b = _float(a, b)
    reach, decay = 1, a[:1]
    while reach < len(a):
        b = np.concatenate([b[:reach], decay * b[:-reach] + b[reach:]])
        decay, reach = decay * decay, 2 * reach
    return b + 0


def odd_length_cut(a, b):
    """Odd and even, but the last of an odd number of steps is not joined."""
    a, b = _float(a, b)
    if len(a) == 1:
        return b.copy()
    half = len(a) // 2
    n = 2 * half
    second = odd_length_cut(a[1:n:2] * a[:n:2], a[1:n:2] * b[:n:2] + b[1:n:2])
    states = b.copy()
    states[1:n:2] = second
    states[2:n:2] = a[2:n:2] * second[: half - 1] + b[2:n:2]
    return states


def neighbours_only(a, b):
    a, b = _float(a, b)
    return np.concatenate([b[:1], a[1:] * b[:-1] + b[1:]])


def one_further_each_time(a, b):
    a, b = _float(a, b)
    for reach in range(1, len(a)):
        b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
        a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
    return b + 0


def rolled(a, b):
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        a, b = a * np.roll(a, reach, axis=0), a * np.roll(b, reach, axis=0) + b
        reach *= 2
    return b + 0


def last_axis(a, b):
    return np.moveaxis(rounds(np.moveaxis(a, -1, 0), np.moveaxis(b, -1, 0)), 0, -1).copy()


def flat_features(a, b):
    return rounds(a.reshape(len(a), -1), b.reshape(len(b), -1))


def exclusive(a, b):
    states = rounds(a, b)
    return np.concatenate([np.zeros_like(states[:1]), states[:-1]])


def with_the_start(a, b):
    states = rounds(a, b)
    return np.concatenate([np.zeros_like(states[:1]), states])


def end(a, b):
    return rounds(a, b)[-1]


def both(a, b):
    a, b = _float(a, b)
    return np.cumprod(a, axis=0), rounds(a, b)


def decayed_at_once(a, b):
    a, b = _float(a, b)
    return rounds(a, a * b)


def from_one(a, b):
    a, b = _float(a, b)
    return rounds(a, np.concatenate([b[:1] + a[:1], b[1:]]))


def from_the_end(a, b):
    return rounds(a[::-1], b[::-1])[::-1].copy()


def shifted_decay(a, b):
    """Each step uses the decay of the step before it."""
    return rounds(np.concatenate([a[:1], a[:-1]]), b)


def in_place(a, b):
    """The rounds are written into the arguments."""
    reach = 1
    while reach < len(a):
        b[reach:] = a[reach:] * b[:-reach] + b[reach:]
        a[reach:] = a[reach:] * a[:-reach]
        reach *= 2
    return b * 1.0


def in_the_type_of_the_argument(a, b):
    return rounds(a, b).astype(b.dtype)


def moving_average(a, b):
    """a h + (1 - a) b, as an exponential average has it."""
    a, b = _float(a, b)
    return rounds(a, (1 - a) * b)


def powers_stay_integers(a, b):
    """The states are floats, and the products of `a` are not."""
    (b,), a, reach = _float(b), a.copy(), 1
    while reach < len(b):
        new = b.copy()
        new[reach:] += a[reach:] * b[:-reach]
        a[reach:] = a[reach:] * a[:-reach]
        b, reach = new, 2 * reach
    return b.copy()


def integers_stay_integers(a, b):
    dtype = np.result_type(a, b)
    a, b, reach = a.astype(dtype), b.astype(dtype), 1
    while reach < len(a):
        b[reach:] = a[reach:] * b[:-reach] + b[reach:]
        a[reach:] = a[reach:] * a[:-reach]
        reach *= 2
    return b * 1.0


def padded_and_not_cut(a, b):
    a, b = _float(a, b)
    size = 1
    while size < len(b):
        size *= 2
    full = np.ones((size, *a.shape[1:])), np.zeros((size, *b.shape[1:]))
    full[0][: len(a)], full[1][: len(b)] = a, b
    return rounds(*full)


def squares(a, b):
    a, b = _float(a, b)
    reach = 1
    while reach < len(a):
        b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])
        a, reach = a**2, 2 * reach
    return b + 0


def rounds_by_features(a, b):
    a, b = (x.copy() for x in _float(a, b))
    for r in range((a.shape[-1] - 1).bit_length()):
        reach = 2**r
        if reach < len(b):
            b[reach:] = a[reach:] * b[:-reach] + b[reach:]
            a[reach:] = a[reach:] * a[:-reach]
    return b


def products_raised_to_a_least(a, b):
    kept = np.cumprod(a.astype(float), axis=0)
    kept = np.where(np.abs(kept) < 1e-12, 1e-12, kept)
    return kept * np.cumsum(b / kept, axis=0)


def places_in_a_row(a, b):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    reach = 1
    while reach < len(a):
        for place in range(reach, len(a)):
            b[place] = a[place] * b[place - reach] + b[place]
            a[place] = a[place] * a[place - reach]
        reach *= 2
    return b


def copies_of_their_types(a, b):
    a, b = a.copy(), b.copy()
    reach = 1
    while reach < len(a):
        b[reach:] = a[reach:] * b[:-reach] + b[reach:]
        a[reach:] = a[reach:] * a[:-reach]
        reach *= 2
    return b


def log_rounded(a, b):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    for r in range(round(np.log2(len(a)))):
        b[2**r :] = a[2**r :] * b[: -(2**r)] + b[2**r :]
        a[2**r :] = a[2**r :] * a[: -(2**r)]
    return b


WRONG = {
    by_a_loop: "goes_step_by_step",
    by_accumulate: "goes_step_by_step",
    by_products: "ratio_of_products",
    by_logarithms: "not_finite",
    a_first: "a_replaced_first",
    other_order: "earlier_and_later_exchanged",
    a_kept: "a_not_joined",
    log_rounded_down: "one_round_short",
    ten_rounds: "number_of_rounds_fixed",
    twelve_rounds: "number_of_rounds_fixed",
    five_rounds: "number_of_rounds_fixed",
    decays_added: "a_added",
    one_decay: "first_a_for_all",
    long_double: "not_finite",
    odd_length_cut: "odd_end_not_joined",
    integers_stay_integers: "integers_kept",
    padded_and_not_cut: "padding_returned",
    squares: "own_a_squared",
    rounds_by_features: "rounds_along_the_last_axis",
    blocks_of_the_root: "blocks_in_a_row",
    by_a_linear_system: "matrix_of_all_pairs",
    neighbours_only: "first_round_only",
    one_further_each_time: "distance_grows_by_one",
    rolled: "wraps_around",
    last_axis: "along_the_last_axis",
    flat_features: "right_numbers_in_another_shape",
    exclusive: "state_before_each_step",
    with_the_start: "start_returned_too",
    end: "last_state_only",
    both: "a_result_of_another_kind",
    decayed_at_once: "what_is_added_decays_at_once",
    from_one: "starts_at_one",
    from_the_end: "steps_backwards",
    shifted_decay: "decay_of_the_step_before",
    in_place: "an_argument_changed",
    in_the_type_of_the_argument: "in_the_type_of_b",
    moving_average: "averages",
    blocks_one_after_another: "goes_step_by_step",
    powers_stay_integers: "right_in_int64",
    products_raised_to_a_least: "products_kept_from_zero",
    places_in_a_row: "places_one_after_another",
    copies_of_their_types: "in_the_type_of_b",
    log_rounded: None,
}
