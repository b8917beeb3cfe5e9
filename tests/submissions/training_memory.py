"""Right and wrong ways to count a device's bytes of weights, gradients and optimizer."""

import math

import numpy as np


def by_stages(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    whole = int(parameters)
    part = math.ceil(whole / int(devices))
    rows = [whole] * (3 - int(stage)) + [part] * int(stage)  # weights, gradients, optimizer
    if mixed:
        return 2 * rows[0], 2 * rows[1], (4 + state_bytes) * rows[2]
    return 4 * rows[0], 4 * rows[1], state_bytes * rows[2]


def with_divmod(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    q, r = divmod(int(parameters), int(devices))
    part, n = q + (r > 0), int(parameters)
    held = {"weights": n, "gradients": n, "optimizer": n}
    for name in ("optimizer", "gradients", "weights")[: int(stage)]:
        held[name] = part
    each = 2 if mixed else 4
    copy = 4 if mixed else 0
    return (
        each * held["weights"],
        each * held["gradients"],
        held["optimizer"] * (copy + int(state_bytes)),
    )


def one_after_another(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    n = int(parameters)
    k = (n + int(devices) - 1) // int(devices)
    weights = gradients = (2 if mixed else 4) * n
    states = int(state_bytes) * n
    if mixed:
        states += 4 * n
    if stage > 0:
        states = states // n * k
    if stage > 1:
        gradients = gradients // n * k
    if stage > 2:
        weights = weights // n * k
    return weights, gradients, states


def numpy_table(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    sizes = np.array([2, 2, 4] if mixed else [4, 4, 0], dtype=np.int64)
    sizes[2] += state_bytes
    split = np.array([3, 2, 1]) <= stage
    part = -(-int(parameters) // int(devices))
    counts = np.where(split, np.int64(part), np.int64(int(parameters)))
    return tuple(int(each) for each in sizes * counts)


def match_stage(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    n, part = int(parameters), -(-int(parameters) // int(devices))
    w, g, o = (2, 2, 4 + int(state_bytes)) if mixed else (4, 4, int(state_bytes))
    match int(stage):
        case 0:
            return w * n, g * n, o * n
        case 1:
            return w * n, g * n, o * part
        case 2:
            return w * n, g * part, o * part
    return w * part, g * part, o * part


def fullest_of_all(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """The first device, which gets one of what is left over."""
    n, d, stage = int(parameters), int(devices), int(stage)
    mine = n // d + (1 if n % d else 0)
    size = 4 - 2 * bool(mixed)
    moments, master = int(state_bytes), 4 * bool(mixed)
    return [
        size * [n, mine][stage >= 3],
        size * [n, mine][stage >= 2],
        (moments + master) * [n, mine][stage >= 1],
    ]


def _ours(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return match_stage(parameters, devices, stage, mixed, state_bytes)


def _with(parameters, devices, stage, sizes, first=(3, 2, 1)):
    n, part = int(parameters), -(-int(parameters) // int(devices))
    return tuple(
        s * (part if stage >= begins else n) for s, begins in zip(sizes, first, strict=True)
    )


def twelve_bytes(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    size = 2 if mixed else 4
    return _with(parameters, devices, stage, (size, size, int(state_bytes)))


def nothing_for_sgd(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    w, g, o = _ours(parameters, devices, stage, mixed, state_bytes)
    return w, g, o if state_bytes > 0 else 0


def master_with_weights(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    w, g, _ = _ours(parameters, devices, stage, mixed, state_bytes)
    moments = _ours(parameters, devices, stage, False, state_bytes)[2]
    return (3 * w if mixed else w), g, moments


def zero_taken_for_none(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, stage, mixed, state_bytes or 8)


def master_always(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    size = 2 if mixed else 4
    return _with(parameters, devices, stage, (size, size, 4 + int(state_bytes)))


def always_mixed(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, stage, True, state_bytes)


def megatron_gradients(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    w, _, o = (2, 2, 4 + int(state_bytes)) if mixed else (4, 4, int(state_bytes))
    return _with(parameters, devices, stage, (w, 4, o))


def adam_only(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, stage, mixed)


def no_zero(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, 1, 0, mixed, state_bytes)


def always_fsdp(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, 3, mixed, state_bytes)


def weights_first(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    sizes = (2, 2, 4 + int(state_bytes)) if mixed else (4, 4, int(state_bytes))
    return _with(parameters, devices, stage, sizes, (1, 2, 3))


def stage_by_stage_alone(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    whole, part = (_ours(parameters, devices, s, mixed, state_bytes) for s in (0, 3))
    return tuple(part[i] if stage == begins else whole[i] for i, begins in enumerate((3, 2, 1)))


def floor(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    part = int(parameters) // int(devices) * int(devices)
    whole, split = _ours(parameters, 1, 0, mixed, state_bytes), _ours(1, 1, 0, mixed, state_bytes)
    return tuple(
        split[i] * part // int(devices) if stage >= begins else whole[i]
        for i, begins in enumerate((3, 2, 1))
    )


def true_division(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    whole = _ours(parameters, 1, 0, mixed, state_bytes)
    return tuple(
        whole[i] / int(devices) if stage >= begins else whole[i]
        for i, begins in enumerate((3, 2, 1))
    )


def bytes_rounded_up(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    whole = _ours(parameters, 1, 0, mixed, state_bytes)
    return tuple(
        -(-whole[i] // int(devices)) if stage >= begins else whole[i]
        for i, begins in enumerate((3, 2, 1))
    )


def master_is_whole(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    w, g, o = _ours(parameters, devices, stage, mixed, state_bytes)
    if mixed and stage >= 1:
        part = -(-int(parameters) // int(devices))
        o += 4 * (int(parameters) - part)
    return w, g, o


def gradients_stay(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """ZeRO-2 does not split gradients; ZeRO-3 splits all."""
    w, g, o = _ours(parameters, devices, stage, mixed, state_bytes)
    return w, _ours(parameters, 1, 0, mixed, state_bytes)[1] if stage == 2 else g, o


def weights_at_stage_2(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, 3 if stage == 2 else stage, mixed, state_bytes)


def optimizer_before_weights(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, stage, mixed, state_bytes)[::-1]


def in_gigabytes(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return tuple(each / 1e9 for each in _ours(parameters, devices, stage, mixed, state_bytes))


def a_spare_parameter(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """The part has one more even if it divides."""
    part = int(parameters) // int(devices) + 1
    one, whole = _ours(1, 1, 0, mixed, state_bytes), _ours(parameters, 1, 0, mixed, state_bytes)
    return tuple(
        one[i] * part if stage >= begins and devices > 1 else whole[i]
        for i, begins in enumerate((3, 2, 1))
    )


def int32(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    found = _ours(parameters, devices, stage, mixed, state_bytes)
    return tuple(int(np.int64(each).astype(np.int32)) for each in found)


def every_device(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return tuple(int(devices) * x for x in _ours(parameters, devices, stage, mixed, state_bytes))


def parameters_as_they_come(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Right for Python's integers: those of NumPy have four bytes here."""
    with np.errstate(over="ignore"):
        part = -(-parameters // devices)
        size, held = (2, 4 + state_bytes) if mixed else (4, state_bytes)
        weights = size * (part if stage == 3 else parameters)
        gradients = size * (part if stage >= 2 else parameters)
        return weights, gradients, held * (part if stage else parameters)


def _of_a_part(parameters, devices, stage, mixed, state_bytes, part, whole=None):
    whole = int(parameters) if whole is None else whole
    size, held = (2, 4 + state_bytes) if mixed else (4, state_bytes)
    weights = size * (part if stage == 3 else whole)
    gradients = size * (part if stage >= 2 else whole)
    return weights, gradients, held * (part if stage else whole)


def whole_and_padded(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    part = -(-int(parameters) // int(devices))
    padded = part * int(devices)
    return _of_a_part(parameters, devices, stage, mixed, state_bytes, part, padded)


def nearest_part(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    part = int(np.rint(int(parameters) / int(devices)))
    return _of_a_part(parameters, devices, stage, mixed, state_bytes, part)


def master_split_with_the_weights(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    part = -(-int(parameters) // int(devices))
    found = _of_a_part(parameters, devices, stage, mixed, state_bytes, part)
    late = 4 * (int(parameters) - part) if mixed and stage in (1, 2) else 0
    return *found[:2], found[2] + late


def int64(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Right up to 2⁵³ parameters and beyond, until the product overflows."""
    n = np.int64(parameters)
    part = -(-n // devices)
    return tuple(int(x) for x in _of_a_part(0, devices, stage, mixed, state_bytes, part, n))


def half_up(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    part = (2 * int(parameters) + int(devices)) // (2 * int(devices))
    return _of_a_part(parameters, devices, stage, mixed, state_bytes, part)


def padded_the_wrong_way(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """By what is left over: it fills a row more from half a row on, as rounding does."""
    n, d = int(parameters), int(devices)
    return _of_a_part(n, devices, stage, mixed, state_bytes, (n + n % d) // d)


def last_device(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    part = sum(divmod(int(parameters), int(devices)))
    return _of_a_part(parameters, devices, stage, mixed, state_bytes, part)


def float32_first(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    if not mixed:
        return 4 * int(parameters), 4 * int(parameters), int(state_bytes) * int(parameters)
    return _ours(parameters, devices, stage, True, state_bytes)


def moments_of_two_bytes(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, stage, mixed, state_bytes // 2 if mixed else state_bytes)


def copy_of_two_bytes(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    size, held = (2, 2 + int(state_bytes)) if mixed else (4, int(state_bytes))
    return _with(parameters, devices, stage, (size, size, held))


def weights_before_gradients(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    sizes = (2, 2, 4 + int(state_bytes)) if mixed else (4, 4, int(state_bytes))
    return _with(parameters, devices, stage, sizes, (2, 3, 1))


def optimizer_at_every_stage(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    return _ours(parameters, devices, max(int(stage), 1), mixed, state_bytes)


def two_bytes_in_float32(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    sizes = (2, 2, int(state_bytes) + (4 if mixed else 0))
    return _with(parameters, devices, stage, sizes)


def a_fraction_of_a_parameter(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    part = int(parameters) / int(devices)
    return _of_a_part(parameters, devices, stage, mixed, state_bytes, part)


# What each is told; None where no known mistake explains it.
WRONG = {
    twelve_bytes: "no_copy_of_weights",
    nothing_for_sgd: "no_copy_without_state",
    master_with_weights: "copy_among_the_weights",
    zero_taken_for_none: "wrong_where_state_bytes_is_0",
    master_always: "copy_in_float32_too",
    always_mixed: "precision_ignored",
    megatron_gradients: "gradients_in_float32",
    adam_only: "always_adam",
    no_zero: "never_split",
    always_fsdp: "always_split",
    weights_first: "weights_split_first",
    stage_by_stage_alone: "one_part_a_stage",
    floor: "rounded_down",
    true_division: "bytes_split_evenly",
    bytes_rounded_up: "bytes_split_evenly",
    master_is_whole: "copy_not_split",
    gradients_stay: "another_comparison",
    weights_at_stage_2: "another_number",
    optimizer_before_weights: "parts_in_another_order",
    in_gigabytes: "constant_factor",
    a_spare_parameter: None,
    int32: "four_bytes",
    parameters_as_they_come: "integers_too_narrow",
    every_device: "all_devices_together",
    whole_and_padded: "padded_where_nothing_is_split",
    nearest_part: "rounded_to_the_nearest",
    master_split_with_the_weights: "copy_not_split",
    half_up: "rounded_to_the_nearest",
    padded_the_wrong_way: "rounded_to_the_nearest",
    last_device: "rest_on_one_device",
    float32_first: "whole_in_float32",
    moments_of_two_bytes: "one_moment",
    copy_of_two_bytes: "no_copy_of_weights",
    weights_before_gradients: "weights_split_before_gradients",
    optimizer_at_every_stage: "always_split",
    two_bytes_in_float32: "precision_ignored",
    a_fraction_of_a_parameter: "bytes_split_evenly",
}
