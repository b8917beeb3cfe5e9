"""Right and wrong ways to write `cosine_schedule`."""

import math

import numpy as np


def clamped_first(step, total, warmup, peak, floor=0.0):
    step = min(step, total)
    if step >= warmup:
        angle = math.pi * (step - warmup) / (total - warmup)
        return floor + 0.5 * (peak - floor) * (1 + math.cos(angle))
    return peak / (warmup + 1) * (step + 1)


def nanogpt_style(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    if step > total:
        return floor
    ratio = (step - warmup) / (total - warmup)
    coefficient = 0.5 * (1.0 + math.cos(math.pi * ratio))
    return floor + coefficient * (peak - floor)


def squared_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return (1 + step) * peak / (1 + warmup)
    share = np.clip((step - warmup) / (total - warmup), 0, 1)
    return floor + (peak - floor) * np.cos(np.pi / 2 * share) ** 2


def smaller_of_both(step, total, warmup, peak, floor=0.0):
    rise = peak * (step + 1) / (warmup + 1)
    share = min(max(step - warmup, 0) / (total - warmup), 1)
    fall = floor * (1 - math.cos(math.pi * share)) / 2 + peak * (1 + math.cos(math.pi * share)) / 2
    return rise if step < warmup else fall


def from_a_table(step, total, warmup, peak, floor=0.0):
    rising = [peak * k / (warmup + 1) for k in range(1, warmup + 1)]
    angles = [math.pi * k / (total - warmup) for k in range(total - warmup)]
    falling = [(peak + floor) / 2 + (peak - floor) / 2 * math.cos(angle) for angle in angles]
    rates = rising + falling
    return rates[step] if step < total else float(floor)


def pytorch(step, total, warmup, peak, floor=0.0):
    """By the recursion of steps that a scheduler makes."""
    import torch

    share = torch.tensor((step - warmup) / (total - warmup), dtype=torch.float64).clamp(0, 1)
    falling = floor + (peak - floor) * (1 + torch.cos(math.pi * share)) / 2
    return peak * (step + 1) / (warmup + 1) if step < warmup else falling.item()


def _fall(t, peak, floor):
    return floor + (peak - floor) * (1 + math.cos(math.pi * t)) / 2


def hugging_face_style(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * step / max(1, warmup)
    return _fall(min(1, (step - warmup) / max(1, total - warmup)), peak, floor)


def counted_from_one(step, total, warmup, peak, floor=0.0):
    if step + 1 <= warmup:
        return peak * (step + 1) / warmup
    return _fall(min(1, (step + 1 - warmup) / (total - warmup)), peak, floor)


def karpathy_of_the_video(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step > total:
        return floor
    return _fall((step - warmup) / (total - warmup), peak, floor)


def one_long_cosine(step, total, warmup, peak, floor=0.0):
    rate = _fall(min(1, step / total), peak, floor)
    return rate * (step + 1) / (warmup + 1) if step < warmup else rate


def exponential(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    t = min(1, (step - warmup) / (total - warmup))
    return max(peak * math.exp(-5 * t), floor)


def line(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return max(floor, peak + (floor - peak) * (step - warmup) / (total - warmup))


def goes_on_for_ever(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return _fall((step - warmup) / (total - warmup), peak, floor)


def nothing_after_the_end(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return _fall((step - warmup) / (total - warmup), peak, floor) if step < total else 0.0


def peak_after_the_end(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return _fall((step - warmup) / (total - warmup) if step <= total else 0, peak, floor)


def floor_below_everything(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return max(peak * (step + 1) / (warmup + 1), floor)
    return max(_fall(min(1, (step - warmup) / (total - warmup)), peak, 0.0), floor)


def floor_a_tenth(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return _fall(min(1, (step - warmup) / (total - warmup)), peak, floor and peak / 20)


def whole_divisions(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    hundredths = 100 * (step - warmup) // (total - warmup)
    return _fall(min(1, hundredths / 100), peak, floor)


def warm_up_one_step_longer(step, total, warmup, peak, floor=0.0):
    if step <= warmup:
        return peak * (step + 1) / (warmup + 2)
    return _fall(min(1, (step - warmup) / (total - warmup)), peak, floor)


def warm_up_at_least_one_step(step, total, warmup, peak, floor=0.0):
    warmup = max(warmup, 1)
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return _fall(min(1, (step - warmup) / max(total - warmup, 1)), peak, floor)


def rounded_rates(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return round(peak * (step + 1) / (warmup + 1), 5)
    return round(_fall(min(1, (step - warmup) / (total - warmup)), peak, floor), 5)


def plateau(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    left = total - step
    return floor + (peak - floor) * min(1, max(0, left) / ((total - warmup) / 2))


def a_list_of_all(step, total, warmup, peak, floor=0.0):
    return [
        peak * (s + 1) / (warmup + 1)
        if s < warmup
        else _fall((s - warmup) / (total - warmup), peak, floor)
        for s in range(min(total, 30))
    ]


def never_below_the_floor(step, total, warmup, peak, floor=0.0):
    return max(clamped_first(step, total, warmup, peak, floor), floor)


def one_step_is_no_warm_up(step, total, warmup, peak, floor=0.0):
    return clamped_first(step, total, warmup if warmup > 1 else 0, peak, floor)


def peak_above_zero_is_asked_for(step, total, warmup, peak, floor=0.0):
    if not peak > 0:
        raise ValueError("the peak is no learning rate")
    return clamped_first(step, total, warmup, peak, floor)


_RATES, _SHARES = {}, {}


def kept_by_step(step, total, warmup, peak, floor=0.0):
    key = step, total, warmup, peak
    if key not in _RATES:
        _RATES[key] = clamped_first(step, total, warmup, peak, floor)
    return _RATES[key]


def kept_by_step_and_floor(step, total, warmup, peak, floor=0.0):
    key = step, total, warmup, floor
    if key not in _SHARES:
        _SHARES[key] = clamped_first(step, total, warmup, peak, floor)
    return _SHARES[key]


def floor_from_the_last_step(step, total, warmup, peak, floor=0.0):
    return floor if step + 1 >= total else clamped_first(step, total, warmup, peak, floor)


def two_half_cosines(step, total, warmup, peak, floor=0.0):
    if step < warmup or step >= total:
        return clamped_first(step, total, warmup, peak, floor)
    return floor + (peak - floor) * math.cos(math.pi * (step - warmup) / (total - warmup)) ** 2


def a_thousandth_after_the_end(step, total, warmup, peak, floor=0.0):
    return min(floor, 1e-3) if step > total else clamped_first(step, total, warmup, peak, floor)


def floor_two_steps_late(step, total, warmup, peak, floor=0.0):
    if step > total + 1:
        return floor
    return goes_on_for_ever(step, total, warmup, peak, floor)


def floor_times_the_peak(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    share = 0.5 * (1 + math.cos(math.pi * min(1, (step - warmup) / (total - warmup))))
    return peak * (floor + (1 - floor) * share)


def restarts(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    if step == total:
        return floor
    return _fall((step - warmup) % (total - warmup) / (total - warmup), peak, floor)


def from_step_zero_again(step, total, warmup, peak, floor=0.0):
    return clamped_first(step % total, total, warmup, peak, floor)


def s_shaped_warm_up(step, total, warmup, peak, floor=0.0):
    share = (step + 1) / (warmup + 1)
    if share < 1:
        return peak * (1 - math.cos(math.pi * share)) / 2
    return clamped_first(step, total, warmup, peak, floor)


def constant_without_a_warm_up(step, total, warmup, peak, floor=0.0):
    if not warmup and step < total:
        return peak
    return clamped_first(step, total, warmup, peak, floor)


def pi_to_four_decimals(step, total, warmup, peak, floor=0.0):
    if step < warmup or step >= total:
        return clamped_first(step, total, warmup, peak, floor)
    share = (step - warmup) / (total - warmup)
    return floor + 0.5 * (peak - floor) * (1 + math.cos(3.1416 * share))


def _jumps(step, total, warmup, peak, floor):
    """Warm-up and end, which the next ones share; None in the fall."""
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return floor if step >= total else None


def parentheses_too_wide(step, total, warmup, peak, floor=0.0):
    if (rate := _jumps(step, total, warmup, peak, floor)) is not None:
        return rate
    share = (step - warmup) / (total - warmup)
    return (floor + (peak - floor)) * 0.5 * (1 + math.cos(math.pi * share))


def rise_goes_on_past_the_peak(step, total, warmup, peak, floor=0.0):
    if step < total and warmup > 0 and step <= warmup + 1:
        return peak * (step + 1) / (warmup + 1)
    return clamped_first(step, total, warmup, peak, floor)


def zero_without_a_warm_up(step, total, warmup, peak, floor=0.0):
    """A guard against a division by 0."""
    if step >= total:
        return floor
    if step <= warmup:
        return peak * (step + 1) / (warmup + 1) if warmup else 0.0
    return _fall((step - warmup) / (total - warmup), peak, floor)


def a_step_too_long(step, total, warmup, peak, floor=0.0):
    if (rate := _jumps(step, total, warmup, peak, floor)) is not None:
        return rate
    return _fall((step - warmup) / (total - warmup + 1), peak, floor)


def a_step_late(step, total, warmup, peak, floor=0.0):
    if step <= warmup:
        return peak * (step + 1) / (warmup + 1)
    if step >= total:
        return floor
    return _fall((step - warmup - 1) / (total - warmup - 1), peak, floor)


def whole_rises(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) // (warmup + 1)
    return clamped_first(step, total, warmup, peak, floor)


def height_with_plus(step, total, warmup, peak, floor=0.0):
    if (rate := _jumps(step, total, warmup, peak, floor)) is not None:
        return rate
    share = (step - warmup) / (total - warmup)
    return floor + 0.5 * (peak + floor) * (1 + math.cos(math.pi * share))


def a_step_ahead(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return _fall(min(1, (step + 1 - warmup) / (total - warmup)), peak, floor)


def last_step_for_ever(step, total, warmup, peak, floor=0.0):
    return clamped_first(min(step, total - 1), total, warmup, peak, floor)


def whole_share(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return _fall(min(1, (step - warmup) // (total - warmup)), peak, floor)


# What each is told.
WRONG = {
    hugging_face_style: "warm_up_from_zero",
    counted_from_one: "counted_from_one",
    karpathy_of_the_video: "peak_a_step_early",
    one_long_cosine: "cosine_from_step_zero",
    exponential: None,
    line: "straight_line",
    goes_on_for_ever: "rises_after_the_end",
    nothing_after_the_end: "zero_after_the_end",
    peak_after_the_end: "peak_after_the_end",
    floor_below_everything: "floor_as_a_bound",
    floor_a_tenth: "too_small",
    whole_divisions: None,
    warm_up_one_step_longer: "too_small",
    warm_up_at_least_one_step: "below_the_peak_without_a_warm_up",
    rounded_rates: "rounded",
    plateau: "too_large",
    a_list_of_all: "a_result_of_another_kind",
    never_below_the_floor: "warm_up_cut_off_at_the_floor",
    one_step_is_no_warm_up: "constant_factor",
    peak_above_zero_is_asked_for: "wrong_where_peak_is_0.0",
    kept_by_step: "kept_from_an_earlier_call",
    kept_by_step_and_floor: "kept_from_an_earlier_call",
    floor_from_the_last_step: "floor_a_step_early",
    two_half_cosines: "whole_period",
    a_thousandth_after_the_end: None,
    floor_two_steps_late: "wrong_only_where_it_should_be_0",
    floor_times_the_peak: "floor_as_a_share",
    restarts: "starts_again_after_the_end",
    from_step_zero_again: "starts_again_after_the_end",
    s_shaped_warm_up: "warm_up_along_a_curve",
    constant_without_a_warm_up: None,
    pi_to_four_decimals: "nearly_right",
    parentheses_too_wide: "floor_left_out",
    rise_goes_on_past_the_peak: None,
    zero_without_a_warm_up: "below_the_peak_without_a_warm_up",
    a_step_too_long: "fall_a_step_too_long",
    a_step_late: "too_large",
    whole_rises: "truncated_to_integers",
    height_with_plus: "plus_for_minus",
    a_step_ahead: "fall_counted_from_another_step",
    last_step_for_ever: "last_rate_kept",
    whole_share: "rounded_down",
}
