"""Right and wrong ways to add the noise of any step at once."""

import math

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def transposed(x0, t, noise, alpha_bar):
    """The batch as the last axis, where one number for each example fits as it is."""
    kept = alpha_bar[t]
    mixed = np.sqrt(kept) * _float(x0).T + np.sqrt(1 - kept) * noise.T
    return mixed.T.astype(_float(x0).dtype)


def one_by_one(x0, t, noise, alpha_bar):
    x0 = _float(x0)
    mixed = [
        math.sqrt(alpha_bar[s]) * x + math.sqrt(1 - alpha_bar[s]) * e
        for x, s, e in zip(x0, t, noise, strict=True)
    ]
    return np.array(mixed).astype(x0.dtype)


def einsum(x0, t, noise, alpha_bar):
    x0, kept = _float(x0), alpha_bar[t].astype(float)
    data = np.einsum("b,b...->b...", kept**0.5, x0)
    return (data + np.einsum("b,b...->b...", (1 - kept) ** 0.5, noise)).astype(x0.dtype)


def by_an_angle(x0, t, noise, alpha_bar):
    x0 = _float(x0)
    angle = np.arccos(np.sqrt(alpha_bar[t].astype(float)))
    angle = np.expand_dims(angle, tuple(range(1, x0.ndim)))
    return (np.cos(angle) * x0 + np.sin(angle) * noise).astype(x0.dtype)


def flat(x0, t, noise, alpha_bar):
    x0 = _float(x0)
    rows, added = x0.reshape(len(x0), -1), noise.reshape(len(x0), -1)
    kept = np.take(alpha_bar, t).astype(np.float64)[:, np.newaxis]
    return (np.sqrt(kept) * rows + np.sqrt(1 - kept) * added).reshape(x0.shape).astype(x0.dtype)


def tables_of_roots(x0, t, noise, alpha_bar):
    x0 = _float(x0)
    signal, spread = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
    shape = (len(x0),) + (1,) * (x0.ndim - 1)
    mixed = signal[t].reshape(shape) * x0 + spread[t].reshape(shape) * noise
    return mixed.astype(x0.dtype)


def pytorch(x0, t, noise, alpha_bar):
    import torch

    kind = torch.float32 if x0.dtype == np.float32 else torch.float64
    kept = torch.tensor(alpha_bar.astype(float))[torch.tensor(t.astype(int))]
    kept = kept.view(-1, *(1,) * (x0.ndim - 1))
    data, added = (torch.tensor(each.astype(float)) for each in (x0, noise))
    return (kept.sqrt() * data + (1 - kept).sqrt() * added).to(kind).numpy()


def _kept(x0, t, alpha_bar):
    return alpha_bar[t].reshape(-1, *[1] * (x0.ndim - 1))


def plain_shares(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    return a * x0 + (1 - a) * noise


def root_of_data_only(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    return a**0.5 * x0 + (1 - a) * noise


def root_of_noise_only(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    return a * x0 + np.sqrt(1 - a) * noise


def factors_that_sum_to_one(x0, t, noise, alpha_bar):
    a = np.sqrt(_kept(x0, t, alpha_bar))
    return a * x0 + (1 - a) * noise


def noise_first(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    return np.sqrt(a) * noise + np.sqrt(1 - a) * x0


def steps_multiplied_up(x0, t, noise, alpha_bar):
    a = _kept(x0, t, np.cumprod(alpha_bar))
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def counted_from_one(x0, t, noise, alpha_bar):
    a = _kept(x0, t.astype(int) - 1, alpha_bar)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def first_step(x0, t, noise, alpha_bar):
    a = alpha_bar[t[0]]
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def as_looked_up(x0, t, noise, alpha_bar):
    a = alpha_bar[t]
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def for_rows(x0, t, noise, alpha_bar):
    a = alpha_bar[t][:, None]
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def minus_noise(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    return np.sqrt(a) * x0 - np.sqrt(1 - a) * noise


def signal_alone(x0, t, noise, alpha_bar):
    return np.sqrt(_kept(x0, t, alpha_bar)) * x0 + noise


def drawn_inside(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    fresh = np.random.default_rng(0).normal(size=x0.shape)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * fresh


def in_place(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    if x0.dtype.kind != "f":
        return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise
    x0 *= np.sqrt(a).astype(x0.dtype)
    x0 += (np.sqrt(1 - a) * noise).astype(x0.dtype)
    return x0


def in_the_type_given(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    return (np.sqrt(a) * x0 + np.sqrt(1 - a) * noise).astype(x0.dtype)


def never_pure_noise(x0, t, noise, alpha_bar):
    a = np.maximum(_kept(x0, t, alpha_bar), 1e-3)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def never_data_itself(x0, t, noise, alpha_bar):
    a = np.minimum(_kept(x0, t, alpha_bar), 0.99995)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def sorted_steps(x0, t, noise, alpha_bar):
    a = _kept(x0, np.sort(t), alpha_bar)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def falling_schedule(x0, t, noise, alpha_bar):
    """Whatever its order, the first step is taken for the cleanest."""
    a = _kept(x0, t, np.sort(alpha_bar)[::-1])
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def two_axes_at_most(x0, t, noise, alpha_bar):
    a = alpha_bar[t] if x0.ndim == 1 else alpha_bar[t][:, None]
    if x0.ndim > 2:
        a = a[..., None]
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def square_by_columns(x0, t, noise, alpha_bar):
    a = alpha_bar[t]
    if x0.shape[-1] != len(a):
        a = _kept(x0, t, alpha_bar)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def last_step(x0, t, noise, alpha_bar):
    a = alpha_bar[t[-1]]
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def a_share_for_a_factor(x0, t, noise, alpha_bar):
    a = _kept(x0, t, alpha_bar)
    return a * x0 + np.sqrt(1 - np.square(a)) * noise


def step_by_itself(x0, t, noise, alpha_bar):
    alphas = np.concatenate([alpha_bar[:1], alpha_bar[1:] / alpha_bar[:-1]])
    a = _kept(x0, t, alphas)
    return a**0.5 * x0 + (1 - a) ** 0.5 * noise


def share_of_1e_4_at_least(x0, t, noise, alpha_bar):
    a = np.maximum(_kept(x0, t, alpha_bar.astype(float)), 1e-4)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def share_of_999_in_1000_at_most(x0, t, noise, alpha_bar):
    a = np.clip(_kept(x0, t, alpha_bar.astype(float)), 0, 0.999)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


# What each is told; None where no known mistake explains it.
WRONG = {
    plain_shares: "shares_without_roots",
    root_of_data_only: "noise_without_a_root",
    root_of_noise_only: "data_without_a_root",
    factors_that_sum_to_one: "one_minus_the_root",
    noise_first: "factors_exchanged",
    steps_multiplied_up: "product_taken_again",
    counted_from_one: "a_step_beside",
    first_step: "one_step_for_all",
    as_looked_up: "no_axes_added",
    for_rows: "one_axis_added",
    minus_noise: "noise_subtracted",
    signal_alone: "a_factor_left_out",
    drawn_inside: "noise_is_not_used",
    in_place: "an_argument_changed",
    in_the_type_given: "truncated_to_integers",
    never_pure_noise: "share_kept_from_its_ends",
    never_data_itself: "share_kept_from_its_ends",
    sorted_steps: "rows_in_another_order_has_another_effect",
    falling_schedule: None,
    two_axes_at_most: "shapes_that_do_not_fit",
    square_by_columns: "rows_in_another_order_has_another_effect",
    last_step: "one_step_for_all",
    a_share_for_a_factor: "share_taken_for_a_factor",
    step_by_itself: "share_of_one_step",
    share_of_1e_4_at_least: "share_kept_from_its_ends",
    share_of_999_in_1000_at_most: "share_kept_from_its_ends",
}
