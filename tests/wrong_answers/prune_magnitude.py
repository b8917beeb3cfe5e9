"""Plausible wrong ways to write prune_magnitude,
and the bug that each is told, if it is a known one."""

import numpy as np


def smallest_numbers(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(w, axis=None)[: round(fraction * w.size)]] = 0
    return out


def quantile_and_greater(w, fraction):
    return np.where(np.abs(w) > np.quantile(np.abs(w), fraction), w, 0.0)


def quantile_and_at_least(w, fraction):
    return np.where(np.abs(w) >= np.quantile(np.abs(w), fraction), w, 0.0)


def threshold_at_the_count(w, fraction):
    count = round(fraction * w.size)
    if count >= w.size:
        return np.zeros(w.shape)
    threshold = np.sort(np.abs(w).ravel())[count]
    return w * (np.abs(w) >= threshold)


def threshold_before_the_count(w, fraction):
    count = round(fraction * w.size)
    threshold = np.sort(np.abs(w).ravel())[count - 1]
    return w * (np.abs(w) > threshold).astype(float)


def kept_for_removed(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(np.abs(w), axis=None)[round((1 - fraction) * w.size) :]] = 0
    return out


def share_of_the_largest(w, fraction):
    return w * (np.abs(w) >= fraction * np.abs(w).max()).astype(float)


def rows(w, fraction):
    out = w.astype(float)
    for row in out.reshape(-1, w.shape[-1]):
        row[np.argsort(np.abs(row))[: round(fraction * len(row))]] = 0
    return out


def squares_of_rows(w, fraction):
    out = w.astype(float)
    norms = (out.reshape(len(out), -1) ** 2).sum(axis=1)
    out[np.argsort(norms)[: round(fraction * len(out))]] = 0
    return out


def percentile(w, fraction):
    return np.where(np.abs(w) > np.percentile(np.abs(w), fraction), w, 0.0)


def rounded_down(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(np.abs(w), axis=None)[: int(fraction * w.size)]] = 0
    return out


def rounded_up(w, fraction):
    out = w.astype(float)
    count = int(np.ceil(fraction * w.size))
    out.flat[np.argsort(np.abs(w), axis=None)[:count]] = 0
    return out


def in_place(w, fraction):
    w.flat[np.argsort(np.abs(w), axis=None)[: round(fraction * w.size)]] = 0
    return w


def random(w, fraction):
    out, rng = w.astype(float), np.random.default_rng(0)
    out.flat[rng.permutation(w.size)[: round(fraction * w.size)]] = 0
    return out


def mask(w, fraction):
    out = np.ones(w.shape)
    out.flat[np.argsort(np.abs(w), axis=None)[: round(fraction * w.size)]] = 0
    return out


def soft_threshold(w, fraction):
    threshold = np.sort(np.abs(w), axis=None)[max(round(fraction * w.size) - 1, 0)]
    return np.sign(w) * np.maximum(np.abs(w) - threshold, 0)


def survivors_scaled_up(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(np.abs(w), axis=None)[: round(fraction * w.size)]] = 0
    return out / max(1 - fraction, 1e-9)


def count_of_nonzero(w, fraction):
    out = w.astype(float)
    order = np.argsort(np.abs(w), axis=None)
    order = order[np.count_nonzero(w == 0) :]
    out.flat[order[: round(fraction * len(order))]] = 0
    return out


def minus_the_count(w, fraction):
    out = w.astype(float)
    order = np.argsort(np.abs(w), axis=None)[::-1]
    out.flat[order[-round(fraction * w.size) :]] = 0
    return out


def by_sign_and_one_too_many(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(w, axis=None)[: round(fraction * w.size) + 1]] = 0
    return out


BUGS = {
    smallest_numbers: "sign_not_ignored",
    quantile_and_greater: "one_at_least",
    quantile_and_at_least: None,
    threshold_at_the_count: "equal_weights_together",
    threshold_before_the_count: "everything_at_zero",
    kept_for_removed: "largest_removed",
    share_of_the_largest: "threshold_from_the_range",
    rows: "each_row_by_itself",
    squares_of_rows: None,
    percentile: "percent_for_fraction",
    rounded_down: "count_rounded_down",
    rounded_up: "count_rounded_up",
    in_place: "changed_in_place",
    random: None,
    mask: "mask_returned",
    soft_threshold: None,
    survivors_scaled_up: None,
    count_of_nonzero: None,
    minus_the_count: "everything_at_zero",
    by_sign_and_one_too_many: "one_too_many",
}
