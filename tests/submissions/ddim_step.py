"""Right and wrong ways to write a step of DDIM."""

import math

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def by_ratios(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """x as it is, scaled, and one coefficient for the noise."""
    ratio = math.sqrt(alpha_bar_next / alpha_bar)
    s = eta * math.sqrt((1 - alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next))
    rest = math.sqrt(max(1 - alpha_bar_next - s * s, 0))
    step = ratio * _float(x) + (rest - ratio * math.sqrt(1 - alpha_bar)) * eps
    return step if fresh is None else step + s * fresh


def in_noise_to_signal(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """Euler's step of x / √ᾱ along the ratio of noise to signal."""
    if eta:
        return by_ratios(x, eps, alpha_bar, alpha_bar_next, eta, fresh)
    ratio, after = (math.sqrt((1 - a) / a) for a in (alpha_bar, alpha_bar_next))
    scaled = _float(x) / math.sqrt(alpha_bar) + (after - ratio) * eps
    return math.sqrt(alpha_bar_next) * scaled


def loops(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    x, made = _float(x), np.zeros_like(_float(x))
    share = (1 - alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next)
    for index in np.ndindex(x.shape):
        x0 = (float(x[index]) - (1 - alpha_bar) ** 0.5 * float(eps[index])) / alpha_bar**0.5
        old = max(1 - alpha_bar_next - eta**2 * share, 0) ** 0.5
        made[index] = alpha_bar_next**0.5 * x0 + old * float(eps[index])
        if eta:
            made[index] += eta * share**0.5 * float(fresh[index])
    return made


def by_the_posterior(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """The direction that points to x, as in the paper, from x and x̂₀ alone."""
    x = _float(x)
    x0 = (x - math.sqrt(1 - alpha_bar) * eps) / math.sqrt(alpha_bar)
    noise = (x - math.sqrt(alpha_bar) * x0) / math.sqrt(1 - alpha_bar)
    s = eta * math.sqrt((1 - alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next))
    fresh = np.zeros_like(x) if fresh is None else fresh
    rest = math.sqrt(max(1 - alpha_bar_next - s**2, 0))
    return math.sqrt(alpha_bar_next) * x0 + rest * noise + s * fresh


def betas(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """Names of Diffusers."""
    x = _float(x)
    beta_prod_t, beta_prod_next = 1 - alpha_bar, 1 - alpha_bar_next
    original = (x - beta_prod_t**0.5 * eps) / alpha_bar**0.5
    variance = beta_prod_next / beta_prod_t * (1 - alpha_bar / alpha_bar_next)
    deviation = eta * variance**0.5
    direction = max(1 - alpha_bar_next - deviation**2, 0) ** 0.5 * eps
    step = alpha_bar_next**0.5 * original + direction
    if eta > 0:
        step = step + deviation * fresh
    return step


def pytorch(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    import torch

    kind = torch.float32 if x.dtype == np.float32 else torch.float64
    x, eps = (torch.tensor(each, dtype=kind) for each in (x, eps))
    x0 = torch.addcmul(x, eps, torch.tensor(-((1 - alpha_bar) ** 0.5), dtype=kind))
    x0 = x0 / alpha_bar**0.5
    s = eta * ((1 - alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next)) ** 0.5
    step = alpha_bar_next**0.5 * x0 + max(1 - alpha_bar_next - s**2, 0) ** 0.5 * eps
    if fresh is not None:
        step = step + s * torch.tensor(fresh, dtype=kind)
    return step.numpy()


def _data(x, eps, a):
    return (x - math.sqrt(1 - a) * eps) / math.sqrt(a)


def _s(a, b, eta):
    return eta * math.sqrt((1 - b) / (1 - a) * (1 - a / b))


def _step(x0, eps, b, s=0.0, fresh=None):
    step = math.sqrt(b) * x0 + math.sqrt(max(1 - b - s**2, 0)) * eps
    return step if fresh is None else step + s * fresh


def old_noise(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    x0 = _data(x, eps, alpha_bar)
    step = math.sqrt(alpha_bar_next) * x0 + math.sqrt(max(1 - alpha_bar - s**2, 0)) * eps
    return step if fresh is None else step + s * fresh


def whole_data(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    step = _data(x, eps, alpha_bar) + math.sqrt(max(1 - alpha_bar_next - s**2, 0)) * eps
    return step if fresh is None else step + s * fresh


def never_divided(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    x0 = x - math.sqrt(1 - alpha_bar) * eps
    return _step(x0, eps, alpha_bar_next, _s(alpha_bar, alpha_bar_next, eta), fresh)


def plain_shares(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    x0 = (x - (1 - alpha_bar) * eps) / alpha_bar
    step = alpha_bar_next * x0 + (1 - alpha_bar_next) * eps
    return step if fresh is None else step + _s(alpha_bar, alpha_bar_next, eta) * fresh


def forwards(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    return _step(_data(x, eps, alpha_bar_next), eps, alpha_bar, s, fresh)


def noise_on_top(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    step = _step(_data(x, eps, alpha_bar), eps, alpha_bar_next)
    return step if fresh is None else step + _s(alpha_bar, alpha_bar_next, eta) * fresh


def always_deterministic(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next)


def eta_of_the_variance(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, math.sqrt(eta))
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


def beta_for_the_variance(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = eta * math.sqrt(1 - alpha_bar / alpha_bar_next)
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


def noise_added(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    return _step(_data(x, -eps, alpha_bar), eps, alpha_bar_next, s, fresh)


def predicted_data(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    return _data(x, eps, alpha_bar)


def always_as_ddpm(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """New noise whenever there is some."""
    s = 0.0 if fresh is None else _s(alpha_bar, alpha_bar_next, 1.0)
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


def drawn_inside(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    fresh = np.random.default_rng(0).normal(size=x.shape) if eta else None
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


def clipped_data(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """As pipelines for images do: x̂₀ is kept in [-1, 1]."""
    x0 = np.clip(_data(x, eps, alpha_bar), -1, 1)
    return _step(x0, eps, alpha_bar_next, _s(alpha_bar, alpha_bar_next, eta), fresh)


def ratio_upside_down(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    share = (1 - alpha_bar_next) / (1 - alpha_bar) * (alpha_bar_next / alpha_bar - 1)
    s = eta * math.sqrt(share)
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


def one_old_noise_in_ddpm(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """The variance of the next time where that of this one belongs."""
    s = eta * math.sqrt(1 - alpha_bar / alpha_bar_next) * math.sqrt(1 - alpha_bar_next)
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


def a_root_missing_in_ddpm(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    step = math.sqrt(alpha_bar_next) * _data(x, eps, alpha_bar)
    step = step + math.sqrt(max(1 - alpha_bar_next - s**2, 0)) * eps
    return step if fresh is None else step + s**2 * fresh


def deviation_not_squared(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    step = math.sqrt(alpha_bar_next) * _data(x, eps, alpha_bar)
    step = step + math.sqrt(max(1 - alpha_bar_next - s, 0)) * eps
    return step if fresh is None else step + s * fresh


def clean_at_once(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """The last thousandth of noise is dropped."""
    if alpha_bar_next > 0.999:
        return _data(x, eps, alpha_bar)
    return by_ratios(x, eps, alpha_bar, alpha_bar_next, eta, fresh)


def in_place(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    if x.dtype.kind != "f":
        return by_ratios(x, eps, alpha_bar, alpha_bar_next, eta, fresh)
    ratio = math.sqrt(alpha_bar_next / alpha_bar)
    s = _s(alpha_bar, alpha_bar_next, eta)
    x *= ratio
    rest = math.sqrt(max(1 - alpha_bar_next - s * s, 0))
    x += ((rest - ratio * math.sqrt(1 - alpha_bar)) * eps).astype(x.dtype)
    return x if fresh is None else x + s * fresh


def cut_to_the_type_of_x(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    return by_ratios(x, eps, alpha_bar, alpha_bar_next, eta, fresh).astype(x.dtype)


def noises_upside_down(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    if alpha_bar_next == 1:
        return _data(x, eps, alpha_bar)
    share = (1 - alpha_bar) / (1 - alpha_bar_next) * (1 - alpha_bar / alpha_bar_next)
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, eta * math.sqrt(share), fresh)


def deviation_taken_off_the_root(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    step = math.sqrt(alpha_bar_next) * _data(x, eps, alpha_bar)
    step = step + (math.sqrt(1 - alpha_bar_next) - s) * eps
    return step if fresh is None else step + s * fresh


def clipped_at_ten(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    x0 = np.clip(_data(x, eps, alpha_bar), -10, 10)
    return _step(x0, eps, alpha_bar_next, _s(alpha_bar, alpha_bar_next, eta), fresh)


def data_of_the_next_time(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    return _step(_data(x, eps, alpha_bar_next), eps, alpha_bar_next, s, fresh)


def noises_without_root(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = (1 - alpha_bar_next) / (1 - alpha_bar) * math.sqrt(1 - alpha_bar / alpha_bar_next)
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, eta * s, fresh)


def new_noise_alone(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, eta)
    return _step(_data(x, eps, alpha_bar), fresh if eta else eps, alpha_bar_next, s, fresh)


def switched_on(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    s = _s(alpha_bar, alpha_bar_next, 1.0) if eta else 0.0
    return _step(_data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


# What each is told; None where no known mistake explains it.
WRONG = {
    old_noise: "noise_factor_kept",
    whole_data: "data_not_scaled",
    never_divided: "not_divided",
    plain_shares: "shares_without_roots",
    forwards: "times_exchanged",
    noise_on_top: "noise_not_replaced",
    always_deterministic: "nothing_anew",
    eta_of_the_variance: "eta_of_the_variance",
    beta_for_the_variance: "large_variance",
    noise_added: "noise_added_in_the_prediction",
    predicted_data: "data_at_once",
    always_as_ddpm: "eta_always_1",
    drawn_inside: "fresh_is_not_used",
    clipped_data: "data_clipped",
    ratio_upside_down: None,
    one_old_noise_in_ddpm: "a_division_left_out",
    a_root_missing_in_ddpm: "variance_for_the_deviation",
    deviation_not_squared: "a_power_left_out",
    clean_at_once: "wrong_where_alpha_bar_next_is_0.9995",
    in_place: "an_argument_changed",
    cut_to_the_type_of_x: "truncated_to_integers",
    noises_upside_down: "ratio_of_noises_inverted",
    deviation_taken_off_the_root: "deviation_outside_the_root",
    clipped_at_ten: "data_clipped",
    data_of_the_next_time: "taken_out_at_the_next_time",
    noises_without_root: "root_missing_in_the_deviation",
    new_noise_alone: "fresh_for_the_predicted_noise",
    switched_on: "eta_as_a_switch",
}
