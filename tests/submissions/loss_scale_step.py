"""Right and wrong ways to write a step with a scaled loss."""

import math

import numpy as np


def _float(a):
    if a.dtype.kind != "f":
        return a.astype(float)
    return a.astype(np.float32) if a.dtype == np.float16 else a


def early_return(w, gradient, scale, good_steps, lr, growth_interval=2000):
    if np.isnan(gradient).any() or np.isinf(gradient).any():
        return np.array(w), scale / 2, 0
    w = _float(w) - lr * (_float(gradient) / scale)
    good_steps += 1
    if good_steps == growth_interval:
        scale, good_steps = scale * 2, 0
    return w, scale, good_steps


def in_float64(w, gradient, scale, good_steps, lr, growth_interval=2000):
    unscaled = gradient.astype(float) / scale
    good = bool(np.isfinite(unscaled).all())
    new = w.astype(float) - lr * unscaled if good else w.astype(float)
    good_steps = good_steps + 1 if good else 0
    grow = good_steps >= growth_interval
    return new, scale * (2 if grow else 1 if good else 0.5), 0 if grow else good_steps


def by_the_largest(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """A nan or infinity is the largest |g|, too."""
    if not np.abs(gradient).max() < np.inf:
        return w.copy(), 0.5 * scale, 0
    step = np.multiply(_float(gradient), lr / scale)
    count = (good_steps + 1) % growth_interval
    return _float(w) - step, scale if count else 2.0 * scale, count


def pytorch(w, gradient, scale, good_steps, lr, growth_interval=2000):
    import torch

    tensor = torch.tensor(_float(w), requires_grad=True)
    optimizer = torch.optim.SGD([tensor], lr=lr)
    scaler = torch.amp.GradScaler("cpu", init_scale=scale, growth_interval=growth_interval)
    scaler.scale(torch.ones(1))
    scaler._growth_tracker.fill_(good_steps)
    tensor.grad = torch.tensor(_float(gradient)).to(tensor.dtype)
    scaler.step(optimizer)
    scaler.update()
    return tensor.detach().numpy(), scaler.get_scale(), scaler._get_growth_tracker()


def entry_by_entry(w, gradient, scale, good_steps, lr, growth_interval=2000):
    entries = [float(g) / scale for g in gradient.ravel()]
    if not all(map(math.isfinite, entries)):
        return w * 1.0, scale / 2, 0
    flat = [float(a) - lr * g for a, g in zip(w.ravel(), entries, strict=True)]
    good_steps += 1
    if good_steps < growth_interval:
        return np.array(flat).reshape(w.shape), scale, good_steps
    return np.array(flat).reshape(w.shape), scale * 2, 0


def by_a_product_with_zero(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """0 times infinity, and 0 times nan, is nan."""
    with np.errstate(invalid="ignore"):
        bad = np.isnan((0 * _float(gradient)).sum())
    if bad:
        return [w + 0.0, scale / 2, 0]
    new = _float(w).copy()
    new -= lr / scale * _float(gradient)
    grows = good_steps == growth_interval - 1
    return [new, scale * 2 if grows else scale, 0 if grows else good_steps + 1]


def _right(w, gradient, scale, good_steps, lr, growth_interval=2000):
    return early_return(w, gradient, scale, good_steps, lr, growth_interval)


def in_the_type_of_the_gradient(w, gradient, scale, good_steps, lr, growth_interval=2000):
    if not np.isfinite(gradient).all():
        return w * 1.0, scale / 2, 0
    _, new_scale, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    with np.errstate(over="ignore"):
        unscaled = gradient / scale
    return _float(w) - lr * _float(unscaled), new_scale, count


def always_stepped(w, gradient, scale, good_steps, lr, growth_interval=2000):
    _, new_scale, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return _float(w) - lr * _float(gradient) / scale, new_scale, count


def stepped_where_finite(w, gradient, scale, good_steps, lr, growth_interval=2000):
    _, new_scale, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    new = _float(w) - lr * np.where(np.isfinite(gradient), _float(gradient), 0) / scale
    return new, new_scale, count


def without_bad_entries(w, gradient, scale, good_steps, lr, growth_interval=2000):
    kept = np.nan_to_num(_float(gradient), nan=0.0, posinf=0.0, neginf=0.0)
    return _right(w, kept, scale, good_steps, lr, growth_interval)


def infinities_clipped(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The largest numbers of float16 stand for what overflowed."""
    _, new_scale, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    kept = np.nan_to_num(_float(gradient), posinf=65504, neginf=-65504)
    return _float(w) - lr * kept / scale, new_scale, count


def divided_as_float16(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """All gradients are made float16 first."""
    if not np.isfinite(gradient).all():
        return w * 1.0, scale / 2, 0
    _, new_scale, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    with np.errstate(over="ignore", invalid="ignore"):
        unscaled = gradient.astype(np.float16) / np.float16(scale)
    return _float(w) - lr * _float(unscaled), new_scale, count


def growth_in_place_of_a_step(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, new_scale, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return w * 1.0 if new_scale > scale else new, new_scale, count


def interval_of_the_default_in_float16(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Two mistakes."""
    return in_the_type_of_the_gradient(w, gradient, scale, good_steps, lr)


def infinity_alone(w, gradient, scale, good_steps, lr, growth_interval=2000):
    if np.isinf(gradient).any() or not np.isnan(gradient).any():
        return _right(w, gradient, scale, good_steps, lr, growth_interval)
    _, new_scale, count = _right(w, 0 * w, scale, good_steps, lr, growth_interval)
    return _float(w) - lr * gradient / scale, new_scale, count


def nan_alone(w, gradient, scale, good_steps, lr, growth_interval=2000):
    if np.isnan(gradient).any() or not np.isinf(gradient).any():
        return _right(w, gradient, scale, good_steps, lr, growth_interval)
    _, new_scale, count = _right(w, 0 * w, scale, good_steps, lr, growth_interval)
    return _float(w) - lr * gradient / scale, new_scale, count


def sum_is_finite(w, gradient, scale, good_steps, lr, growth_interval=2000):
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite(np.sum(gradient)):
            return w * 1.0, scale / 2, 0
    return _right(w, gradient, scale, good_steps, lr, growth_interval)


def norm_is_finite(w, gradient, scale, good_steps, lr, growth_interval=2000):
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite((gradient * gradient).sum()):
            return w * 1.0, scale / 2, 0
    return _right(w, gradient, scale, good_steps, lr, growth_interval)


def first_row_looked_at(w, gradient, scale, good_steps, lr, growth_interval=2000):
    good = np.isfinite(gradient[0] if gradient.ndim > 1 else gradient).all()
    _, grown, count = _right(w, 0 * w, scale, good_steps, lr, growth_interval)
    if not good:
        return w * 1.0, scale / 2, 0
    return _float(w) - lr * _float(gradient) / scale, grown, count


def scale_stays(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, max(scale, changed), count


def scale_never_below_1(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, max(1.0, changed), count


def count_stays(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, changed, good_steps if changed < scale else count


def every_step_counted(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, changed, good_steps + 1 if changed < scale else count


def count_goes_on(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, changed, good_steps + 1 if changed > scale else count


def growth_ignored(w, gradient, scale, good_steps, lr, growth_interval=2000):
    return _right(w, gradient, scale, good_steps, lr, growth_interval=10**9)


def interval_of_the_default(w, gradient, scale, good_steps, lr, growth_interval=2000):
    return _right(w, gradient, scale, good_steps, lr)


def later(w, gradient, scale, good_steps, lr, growth_interval=2000):
    return _right(w, gradient, scale, good_steps, lr, growth_interval + 1)


def scaled_step(w, gradient, scale, good_steps, lr, growth_interval=2000):
    return _right(w, gradient, scale, good_steps, lr * scale, growth_interval)


def next_scale(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    if changed <= scale:
        return new, changed, count
    return _right(w, gradient, changed, 0, lr, 9)[0], changed, count


def in_place(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    w[...] = new
    return new, changed, count


def uncounted_at_rate_0(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """A step at a rate of 0 does not count."""
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, changed, count if lr else good_steps


def weights_alone(w, gradient, scale, good_steps, lr, growth_interval=2000):
    return _right(w, gradient, scale, good_steps, lr, growth_interval)[0]


# What each is told; None where no known mistake explains it.


_calls = [0]


def every_call_counted(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """A list outside counts, too, and grows the scale."""
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    _calls[0] = 0 if changed < scale else _calls[0] + 1
    if _calls[0] == growth_interval:
        _calls[0] = 0
        return new, scale * 2, 0
    return new, changed, count


def within_float16(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Entries that float16 could not hold count as infinite."""
    if np.all(_float(gradient) ** 2 <= 65504.0**2):
        return _right(w, gradient, scale, good_steps, lr, growth_interval)
    return _float(w) * 1.0, scale / 2, 0


def positive_overflow(w, gradient, scale, good_steps, lr, growth_interval=2000):
    kept = _float(gradient)
    if np.max(kept) < np.inf:
        _, changed, count = _right(w, 0 * w, scale, good_steps, lr, growth_interval)
        return _float(w) - lr * kept / scale, changed, count
    return _right(w, gradient, scale, good_steps, lr, growth_interval)


def whole_half(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, float(int(scale) >> 1) if changed < scale else changed, count


def not_below_1_when_halved(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, max(changed, 1.0) if changed < scale else changed, count


def capped(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    return new, min(changed, 2.0**24) if changed > scale else changed, count


def rate_times_float16(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    if changed < scale or gradient.dtype != np.float16:
        return new, changed, count
    return _float(w) - _float(gradient * np.float16(lr)) / scale, changed, count


def doubled_before_halved(w, gradient, scale, good_steps, lr, growth_interval=2000):
    new, changed, count = _right(w, gradient, scale, good_steps, lr, growth_interval)
    overflow = changed < scale
    return new, scale if overflow and good_steps + 1 == growth_interval else changed, count


def one_step_early(w, gradient, scale, good_steps, lr, growth_interval=2000):
    early = max(growth_interval - 1, good_steps + 1 if good_steps + 1 == growth_interval else 1)
    return _right(w, gradient, scale, good_steps, lr, early)


def zero_skipped(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """A gradient of zeros is taken for one that underflowed."""
    if not gradient.any():
        return w * 1.0, scale, good_steps
    return _right(w, gradient, scale, good_steps, lr, growth_interval)


WRONG = {
    in_the_type_of_the_gradient: "divided_in_float16",
    always_stepped: "step_not_skipped",
    stepped_where_finite: "finite_entries_stepped",
    without_bad_entries: "bad_entries_made_zero",
    infinities_clipped: "infinities_made_large",
    divided_as_float16: "divided_in_float16",
    growth_in_place_of_a_step: "no_step_where_the_scale_grows",
    interval_of_the_default_in_float16: "interval_ignored",
    infinity_alone: "nan_overlooked",
    nan_alone: "infinity_overlooked",
    sum_is_finite: "sum_looked_at",
    norm_is_finite: "sum_looked_at",
    first_row_looked_at: "part_looked_at",
    scale_stays: "scale_kept_after_an_overflow",
    scale_never_below_1: "cut_off",
    count_stays: "count_kept_after_an_overflow",
    every_step_counted: "skipped_step_counted",
    count_goes_on: "count_kept_after_growth",
    growth_ignored: "not_grown",
    interval_of_the_default: "interval_ignored",
    later: "not_grown",
    scaled_step: "not_unscaled",
    next_scale: "unscaled_by_the_next_scale",
    in_place: "an_argument_changed",
    uncounted_at_rate_0: "wrong_where_lr_is_0.0",
    weights_alone: "a_result_of_another_kind",
    every_call_counted: "a_property_fails",
    within_float16: "large_taken_for_infinite",
    positive_overflow: "minus_infinity_overlooked",
    whole_half: "halves_rounded_down",
    not_below_1_when_halved: "least_scale",
    capped: "largest_scale",
    rate_times_float16: "multiplied_in_float16",
    doubled_before_halved: "grown_before_the_overflow_counts",
    one_step_early: "grown_too_early",
    zero_skipped: "wrong_only_in_good_steps",
}
