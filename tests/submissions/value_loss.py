"""Right and wrong ways to write the critic's clipped loss in PPO."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def _errors(values, old_values, returns, clip):
    values = _float(values)
    return values - returns, values.clip(old_values - clip, old_values + clip) - returns


def by_size_of_errors(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    plain = np.abs(error) >= np.abs(other)
    used = np.where(plain, error, other)
    return 0.5 * np.mean(used**2), plain * error / error.size


def by_squares(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    loss = np.maximum(np.square(error), np.square(other)).mean() / 2
    return loss, np.where(np.square(error) < np.square(other), 0, error) / error.size


def moved_by_a_clipped_step(values, old_values, returns, clip=0.2):
    """As CleanRL has it; rounding within the band is no edge."""
    values, old_values = _float(values), _float(old_values)
    step = values - old_values
    near = old_values + np.clip(step, -clip, clip)
    one, two = (values - returns) ** 2, (near - returns) ** 2
    live = (np.abs(step) <= clip) | (one >= two)
    return 0.5 * np.maximum(one, two).mean(), np.where(live, values - returns, 0) / one.size


def by_cases(values, old_values, returns, clip=0.2):
    values = _float(values)
    low, high = old_values - clip, old_values + clip
    edge = np.where(values > high, high, low)
    outside = (values > high) | (values < low)
    near = np.where(outside, edge, values)
    flat = outside & (np.abs(near - returns) > np.abs(values - returns))
    error = np.where(flat, near, values) - returns
    loss = (error * error).sum() / error.size / 2
    return loss, np.where(flat, 0, values - returns) / error.size


def loops(values, old_values, returns, clip=0.2):
    values = _float(values)
    kind = np.result_type(values, old_values, returns)
    total, gradient = 0.0, np.zeros(values.shape, kind)
    for i in np.ndindex(values.shape):
        v, old, r = float(values[i]), float(old_values[i]), float(returns[i])
        near = min(max(v, old - clip), old + clip)
        total += max((v - r) ** 2, (near - r) ** 2) / 2
        if (v - r) ** 2 >= (near - r) ** 2:
            gradient[i] = (v - r) / values.size
    return kind.type(total / values.size), gradient


def stacked(values, old_values, returns, clip=0.2):
    both = np.stack(_errors(values, old_values, returns, clip))
    first = (both**2).argmax(axis=0) == 0
    return (both**2).max(axis=0).mean() / 2, first * both[0] / first.size


def plain_squares(values, old_values, returns, clip=0.2):
    error, _ = _errors(values, old_values, returns, clip)
    return 0.5 * (error**2).mean(), error / error.size


def smaller_square(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    live = np.abs(error) <= np.abs(other)
    return 0.5 * np.minimum(error**2, other**2).mean(), live * error / error.size


def stable_baselines(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    inside = (values >= old_values - clip) & (values <= old_values + clip)
    return 0.5 * (other**2).mean(), inside * error / error.size


def twice(values, old_values, returns, clip=0.2):
    loss, gradient = by_squares(values, old_values, returns, clip)
    return 2 * loss, 2 * gradient


def half_in_the_loss_alone(values, old_values, returns, clip=0.2):
    loss, gradient = by_squares(values, old_values, returns, clip)
    return loss, 2 * gradient


def total(values, old_values, returns, clip=0.2):
    loss, gradient = by_squares(values, old_values, returns, clip)
    return loss * gradient.size, gradient * gradient.size


def mean_and_total(values, old_values, returns, clip=0.2):
    loss, gradient = by_squares(values, old_values, returns, clip)
    return loss, gradient * gradient.size


def never_flat(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    return 0.5 * np.maximum(error**2, other**2).mean(), error / error.size


def slope_of_the_larger_error(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    used = np.where(error**2 >= other**2, error, other)
    return 0.5 * (used**2).mean(), used / used.size


def flat_outside(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    inside = error == other
    return 0.5 * np.maximum(error**2, other**2).mean(), inside * error / error.size


def towards_the_return(values, old_values, returns, clip=0.2):
    loss, gradient = by_squares(values, old_values, returns, clip)
    return loss, -gradient


def around_the_return(values, old_values, returns, clip=0.2):
    return by_squares(values, returns, returns, clip)


def rounded_within_the_band(values, old_values, returns, clip=0.2):
    """old + (value - old) is another number there, now and then."""
    values, old_values = _float(values), _float(old_values)
    near = old_values + np.clip(values - old_values, -clip, clip)
    one, two = (values - returns) ** 2, (near - returns) ** 2
    return 0.5 * np.maximum(one, two).mean(), np.where(one >= two, values - returns, 0) / one.size


def half_at_a_tie(values, old_values, returns, clip=0.2):
    """As autograd splits a maximum; right where no edge is as far as the value."""
    error, other = _errors(values, old_values, returns, clip)
    tie = (error**2 == other**2) & (error != other)
    live = np.where(tie, 0.5, error**2 >= other**2)
    gradient = (live * error / error.size).astype(error.dtype)
    return np.maximum(error**2, other**2).mean() / 2, gradient


def strictly_larger(values, old_values, returns, clip=0.2):
    """Within the band it asks for the band; a tie outside it is flat."""
    error, other = _errors(values, old_values, returns, clip)
    live = (error == other) | (error**2 > other**2)
    return np.maximum(error**2, other**2).mean() / 2, live * error / error.size


def flat_towards_the_return(values, old_values, returns, clip=0.2):
    """Flat if the value moved towards its return at all, also past it."""
    error, other = _errors(values, old_values, returns, clip)
    away = np.sign(_float(values) - old_values) != np.sign(returns - _float(old_values))
    live = (error == other) | away
    return np.maximum(error**2, other**2).mean() / 2, live * error / error.size


def flat_if_the_return_is_beyond_the_edge(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    low, high = old_values - clip, old_values + clip
    flat = ((values > high) & (returns > high)) | ((values < low) & (returns < low))
    return np.maximum(error**2, other**2).mean() / 2, ~flat * error / error.size


def squared_after_the_maximum(values, old_values, returns, clip=0.2):
    error, other = _errors(values, old_values, returns, clip)
    used = np.maximum(error, other)
    return 0.5 * (used * used).mean(), np.where(used == error, error, 0) / error.size


def upper_edge_alone(values, old_values, returns, clip=0.2):
    values = _float(values)
    error, other = values - returns, np.minimum(values, old_values + clip) - returns
    live = error**2 >= other**2
    return np.maximum(error**2, other**2).mean() / 2, live * error / error.size


def clip_of_its_own(values, old_values, returns, clip=0.2):
    return by_squares(values, old_values, returns, 0.2)


def mean_over_the_first_axis(values, old_values, returns, clip=0.2):
    """Divided by the number of rows."""
    error, other = _errors(values, old_values, returns, clip)
    live = error**2 >= other**2
    loss = np.maximum(error**2, other**2).sum() / 2 / len(error)
    return loss, live * error / len(error)


def larger_mean(values, old_values, returns, clip=0.2):
    """The larger of two means, and not the mean of larger squares."""
    error, other = _errors(values, old_values, returns, clip)
    if (error**2).mean() >= (other**2).mean():
        return (error**2).mean() / 2, error / error.size
    return (other**2).mean() / 2, (error == other) * error / error.size


def always_float64(values, old_values, returns, clip=0.2):
    return by_squares(values.astype(float), old_values, returns, clip)


def values_changed(values, old_values, returns, clip=0.2):
    if values.dtype.kind != "f":
        return by_squares(values, old_values, returns, clip)
    near = values.clip(old_values - clip, old_values + clip) - returns
    values -= returns.astype(values.dtype)
    live = values**2 >= near**2
    return np.maximum(values**2, near**2).mean() / 2, live * values / values.size


def kept_near_zero(values, old_values, returns, clip=0.2):
    v = _float(values)
    one, two = (v - returns) ** 2, (np.minimum(np.maximum(v, -clip), clip) - returns) ** 2
    return np.maximum(one, two).mean() / 2, np.where(one < two, 0, v - returns) / v.size


def huber(values, old_values, returns, clip=0.2):
    """Quadratic to the clip, and straight beyond."""
    error = _float(values) - returns
    near = np.clip(error, -clip, clip)
    return np.mean(near * (error - near / 2)), near / error.size


def target_in_the_band(values, old_values, returns, clip=0.2):
    v = _float(values)
    one, two = v - returns, v - np.clip(returns, old_values - clip, old_values + clip)
    used = np.where(np.abs(one) >= np.abs(two), one, two)
    return 0.5 * np.mean(used**2), used / used.size


def squares_of_integers(values, old_values, returns, clip=0.2):
    error, (_, other) = values - returns, _errors(values, old_values, returns, clip)
    flat = error**2 < other**2
    return np.maximum(error**2, other**2).mean() / 2, np.where(flat, 0, error) / error.size


def band_as_of_the_ratio(values, old_values, returns, clip=0.2):
    v, old, r = (each.astype(float) for each in (values, old_values, returns))
    near = np.clip(v, old * (1 - clip), old * (1 + clip))
    plain, bounded = (v - r) ** 2, (near - r) ** 2
    gradient = np.where(plain >= bounded, v - r, 0.0) / v.size
    return np.maximum(plain, bounded).mean() / 2, gradient


def larger_of_both_means(values, old_values, returns, clip=0.2):
    v, old, r = (each.astype(float) for each in (values, old_values, returns))
    plain, bounded = (v - r) ** 2, (np.clip(v, old - clip, old + clip) - r) ** 2
    gradient = np.where(plain >= bounded, v - r, 0.0) / v.size
    return max(plain.mean(), bounded.mean()) / 2, gradient


def close_squares_are_ties(values, old_values, returns, clip=0.2):
    v, old, r = (each.astype(float) for each in (values, old_values, returns))
    plain, bounded = (v - r) ** 2, (np.clip(v, old - clip, old + clip) - r) ** 2
    counts = (plain > bounded) | np.isclose(plain, bounded)
    return np.maximum(plain, bounded).mean() / 2, np.where(counts, v - r, 0) / v.size


def plain_loss_and_clipped_gradient(values, old_values, returns, clip=0.2):
    v, old, r = (each.astype(float) for each in (values, old_values, returns))
    plain, bounded = (v - r) ** 2, (np.clip(v, old - clip, old + clip) - r) ** 2
    return plain.mean() / 2, np.where(plain >= bounded, v - r, 0.0) / v.size


WRONG = {
    plain_squares: "no_clip_at_all",
    smaller_square: "minimum_for_maximum",
    stable_baselines: "clipped_error_alone",
    twice: "no_half",
    half_in_the_loss_alone: "gradient_without_the_half",
    total: "summed",
    mean_and_total: "gradient_of_the_sum",
    never_flat: "gradient_everywhere",
    slope_of_the_larger_error: "gradient_of_the_clipped_error",
    flat_outside: "gradient_within_the_band_alone",
    towards_the_return: "sign_of_the_gradient",
    around_the_return: "no_clip_at_all",
    rounded_within_the_band: "rounded_within_the_band",
    half_at_a_tie: "half_at_a_tie",
    strictly_larger: "flat_at_a_tie",
    flat_towards_the_return: "flat_past_the_return",
    flat_if_the_return_is_beyond_the_edge: "flat_past_the_return",
    squared_after_the_maximum: "larger_error_squared",
    upper_edge_alone: "one_edge_alone",
    clip_of_its_own: "clip_ignored",
    mean_over_the_first_axis: "factor_of_a_size",
    larger_mean: "maximum_of_the_means",
    values_changed: "an_argument_changed",
    kept_near_zero: "band_around_zero",
    huber: "error_clipped",
    target_in_the_band: "returns_clipped",
    squares_of_integers: "without_as_float",
    band_as_of_the_ratio: "band_of_factors",
    larger_of_both_means: "maximum_of_the_means",
    close_squares_are_ties: "nearly_equal_is_equal",
    plain_loss_and_clipped_gradient: "loss_without_the_clip",
}
