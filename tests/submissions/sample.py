"""Right and wrong ways to write `sample`."""

import numpy as np


def noise_times_temperature(logits, uniform, temperature=1.0):
    return (logits - temperature * np.log(-np.log(uniform))).argmax(-1)


def divided_but_greedy_at_zero(logits, uniform, temperature=1.0):
    if temperature == 0:
        return np.argmax(logits, axis=-1)
    return np.argmax(logits / temperature - np.log(-np.log(uniform)), axis=-1)


def race_of_exponentials(logits, uniform, temperature=1.0):
    x = logits.astype(float)
    if temperature == 0:
        return x.argmax(axis=-1)
    p = np.exp((x - x.max(-1, keepdims=True)) / temperature)
    return (p / -np.log(uniform.astype(float))).argmax(axis=-1)


def first_arrival(logits, uniform, temperature=1.0):
    x = logits.astype(float)
    if not temperature:
        return x.argmax(axis=-1)
    with np.errstate(over="ignore"):
        times = np.log(-np.log(uniform)) - (x - x.max(-1, keepdims=True)) / temperature
    return times.argmin(axis=-1)


def row_by_row(logits, uniform, temperature=1.0):
    drawn = np.zeros(logits.shape[:-1], dtype=int)
    for index in np.ndindex(drawn.shape):
        best = -np.inf
        for token, (z, u) in enumerate(zip(logits[index], uniform[index], strict=True)):
            if z - temperature * np.log(-np.log(u)) > best:
                best, drawn[index] = z - temperature * np.log(-np.log(u)), token
    return drawn


def on_log_probabilities(logits, uniform, temperature=1.0):
    x = logits - logits.max(-1, keepdims=True)
    x = x.astype(uniform.dtype) - np.log(np.exp(x).sum(-1, keepdims=True))
    return np.argmax(x + temperature * -np.log(-np.log(uniform)), axis=-1)


def pytorch(logits, uniform, temperature=1.0):
    import torch

    x, u = torch.tensor(logits.astype(float)), torch.tensor(uniform.astype(float))
    return (x - temperature * torch.log(-torch.log(u))).argmax(-1).numpy()


def _noise(uniform):
    return -np.log(-np.log(uniform))


def the_largest(logits, uniform, temperature=1.0):
    return logits.argmax(-1)


def plain_uniform(logits, uniform, temperature=1.0):
    return (logits + temperature * uniform).argmax(-1)


def exponential_noise(logits, uniform, temperature=1.0):
    return (logits + temperature * -np.log(uniform)).argmax(-1)


def exponential_noise_of_the_other_sign(logits, uniform, temperature=1.0):
    return (logits + temperature * np.log(uniform)).argmax(-1)


def sign_forgotten(logits, uniform, temperature=1.0):
    return (logits + temperature * np.log(-np.log(uniform))).argmax(-1)


def other_end_of_the_interval(logits, uniform, temperature=1.0):
    return (logits + temperature * _noise(1 - uniform)).argmax(-1)


def onto_softmax(logits, uniform, temperature=1.0):
    x = (logits - logits.max(-1, keepdims=True)) / max(temperature, 1e-6)
    p = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    return (p + _noise(uniform)).argmax(-1)


def hotter_is_sharper(logits, uniform, temperature=1.0):
    return (logits * temperature + _noise(uniform)).argmax(-1)


def always_at_one(logits, uniform, temperature=1.0):
    return (logits + _noise(uniform)).argmax(-1)


def both_divided(logits, uniform, temperature=1.0):
    return ((logits + _noise(uniform)) / max(temperature, 1e-6)).argmax(-1)


def zero_is_not_special(logits, uniform, temperature=1.0):
    with np.errstate(all="ignore"):
        return (logits / np.float64(temperature) + _noise(uniform)).argmax(-1)


def zero_is_nearly_special(logits, uniform, temperature=1.0):
    return (logits / max(temperature, 0.1) + _noise(uniform)).argmax(-1)


def zero_is_refused(logits, uniform, temperature=1.0):
    if temperature == 0:
        raise ZeroDivisionError("temperature must be above 0")
    return (logits / temperature + _noise(uniform)).argmax(-1)


def zero_takes_the_last_of_equals(logits, uniform, temperature=1.0):
    if temperature == 0:
        return logits.shape[-1] - 1 - logits[..., ::-1].argmax(-1)
    return (logits / temperature + _noise(uniform)).argmax(-1)


def zero_draws_among_equals(logits, uniform, temperature=1.0):
    return (logits + max(temperature, 1e-9) * _noise(uniform)).argmax(-1)


def one_row_for_all(logits, uniform, temperature=1.0):
    return (logits + temperature * _noise(uniform.reshape(-1, uniform.shape[-1])[:1])[0]).argmax(-1)


def one_number_a_row(logits, uniform, temperature=1.0):
    return (logits + temperature * _noise(uniform[..., :1])).argmax(-1)


def over_rows(logits, uniform, temperature=1.0):
    return (logits + temperature * _noise(uniform)).argmax(0)


def in_all(logits, uniform, temperature=1.0):
    return (logits + temperature * _noise(uniform)).argmax()


def score_of_the_winner(logits, uniform, temperature=1.0):
    return (logits + temperature * _noise(uniform)).max(-1)


def own_random_numbers(logits, uniform, temperature=1.0):
    rng = np.random.default_rng(0)
    return (logits + temperature * rng.gumbel(size=logits.shape)).argmax(-1)


def inverse_of_the_sum(logits, uniform, temperature=1.0):
    x = (logits - logits.max(-1, keepdims=True)) / max(temperature, 1e-6)
    p = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    sums = np.cumsum(p, -1)
    return np.minimum((sums < uniform[..., :1]).sum(-1), logits.shape[-1] - 1)


def one_hot(logits, uniform, temperature=1.0):
    return np.eye(logits.shape[-1], dtype=int)[(logits + temperature * _noise(uniform)).argmax(-1)]


def zero_for_left_out(logits, uniform, temperature=1.0):
    finite = np.where(np.isfinite(logits), logits, 0)
    return (finite + temperature * _noise(uniform)).argmax(-1)


def a_little_in_both_logarithms(logits, uniform, temperature=1.0):
    noise = -np.log(-np.log(uniform + 1e-9) + 1e-9)
    return (logits + temperature * noise).argmax(-1)


def clipped(logits, uniform, temperature=1.0):
    return (logits + temperature * _noise(np.clip(uniform, 1e-6, 1 - 1e-6))).argmax(-1)


def numbers_in_float32(logits, uniform, temperature=1.0):
    with np.errstate(divide="ignore"):
        return (logits + temperature * _noise(uniform.astype(np.float32))).argmax(-1)


def greedy_below_a_thousandth(logits, uniform, temperature=1.0):
    if temperature < 1e-3:
        return np.argmax(logits, -1)
    return (logits / temperature + _noise(uniform)).argmax(-1)


def of_a_logistic(logits, uniform, temperature=1.0):
    return (logits + temperature * (np.log(uniform) - np.log1p(-uniform))).argmax(-1)


def both_divided_but_at_zero(logits, uniform, temperature=1.0):
    if temperature == 0:
        return logits.argmax(-1)
    return ((logits + _noise(uniform)) / temperature).argmax(-1)


def floats(logits, uniform, temperature=1.0):
    return 1.0 * noise_times_temperature(logits, uniform, temperature)


def three_decimals(logits, uniform, temperature=1.0):
    return (np.round(logits, 3) + temperature * _noise(uniform)).argmax(-1)


def greedy_below_an_epsilon(logits, uniform, temperature=1.0):
    """As servers do."""
    if temperature < 1e-5:
        return np.argmax(logits, -1)
    return (logits / temperature + _noise(uniform)).argmax(-1)


def argmin(logits, uniform, temperature=1.0):
    if temperature == 0:
        return np.argmax(logits, -1)
    return (logits / temperature + _noise(uniform)).argmin(-1)


def divided_and_multiplied(logits, uniform, temperature=1.0):
    if temperature == 0:
        return np.argmax(logits, -1)
    return (logits / temperature + temperature * _noise(uniform)).argmax(-1)


def divided_twice(logits, uniform, temperature=1.0):
    if temperature == 0:
        return np.argmax(logits, -1)
    return (logits / temperature / temperature + _noise(uniform)).argmax(-1)


def logits_clipped(logits, uniform, temperature=1.0):
    return (np.clip(logits, -50, None) + temperature * _noise(uniform)).argmax(-1)


def a_little_in_the_logarithm(logits, uniform, temperature=1.0):
    if temperature == 0:
        return np.argmax(logits, -1)
    x = logits / temperature
    p = np.exp(x - x.max(-1, keepdims=True))
    return (np.log(p / p.sum(-1, keepdims=True) + 1e-9) + _noise(uniform)).argmax(-1)


def largest_of_the_batch(logits, uniform, temperature=1.0):
    """Rows far below the largest logit of all underflow."""
    if temperature == 0:
        return np.argmax(logits, -1)
    with np.errstate(divide="ignore"):
        x = np.log(np.exp((logits - logits.max()) / temperature))
    return (x + _noise(uniform)).argmax(-1)


def onto_softmax_but_at_zero(logits, uniform, temperature=1.0):
    if temperature == 0:
        return np.argmax(logits, -1)
    x = logits / temperature
    p = np.exp(x - x.max(-1, keepdims=True))
    return (p / p.sum(-1, keepdims=True) + _noise(uniform)).argmax(-1)


def at_least_a_tenth(logits, uniform, temperature=1.0):
    if temperature == 0:
        return logits.argmax(-1)
    return (logits / max(temperature, 0.1) + _noise(uniform)).argmax(-1)


def a_hundred_below_zero(logits, uniform, temperature=1.0):
    x = np.where(np.isneginf(logits), -100.0, logits)
    return (x + temperature * _noise(uniform)).argmax(-1)


def last_arrival(logits, uniform, temperature=1.0):
    if temperature == 0:
        return logits.argmax(-1)
    x = logits / temperature
    with np.errstate(divide="ignore"):
        rates = np.exp(x - x.max(-1, keepdims=True))
        return (-np.log(uniform) / rates).argmax(-1)


def best_from_zero(logits, uniform, temperature=1.0):
    scores = logits + temperature * _noise(uniform)
    tokens = np.zeros(scores.shape[:-1], int)
    for at in np.ndindex(tokens.shape):
        best = 0.0
        for token, score in enumerate(scores[at]):
            if score > best:
                best, tokens[at] = score, token
    return tokens


# What each is told.
WRONG = {
    the_largest: "greedy",
    plain_uniform: "uniform_noise",
    exponential_noise: "one_logarithm",
    exponential_noise_of_the_other_sign: "without_log",
    sign_forgotten: "minus_lost",
    other_end_of_the_interval: "number_turned_around",
    onto_softmax: "noise_on_probabilities",
    hotter_is_sharper: "temperature_multiplies_the_logits",
    always_at_one: "temperature_ignored",
    both_divided: "temperature_ignored",
    zero_is_not_special: "divided_by_zero",
    zero_is_nearly_special: None,
    zero_is_refused: "wrong_where_temperature_is_0.0",
    zero_takes_the_last_of_equals: "last_of_equals_at_zero",
    zero_draws_among_equals: "noise_left_at_zero",
    one_row_for_all: "one_row_of_noise",
    one_number_a_row: "greedy",
    over_rows: "first_axis",
    in_all: "without_axis",
    score_of_the_winner: "winning_logit",
    own_random_numbers: "uniform_is_not_used",
    inverse_of_the_sum: "by_cumulative_sum",
    one_hot: "an_axis_too_many",
    zero_for_left_out: "left_out_yet_drawn",
    a_little_in_both_logarithms: "noise_cut_off",
    clipped: "noise_cut_off",
    numbers_in_float32: "rounded_before_the_draw",
    greedy_below_a_thousandth: "wrong_where_temperature_is_1e-09",
    of_a_logistic: "logistic_noise",
    both_divided_but_at_zero: "temperature_ignored",
    floats: "a_property_fails",
    three_decimals: "rounded_before_the_draw",
    greedy_below_an_epsilon: "wrong_where_temperature_is_1e-09",
    argmin: "smallest_wins",
    divided_and_multiplied: "temperature_twice",
    divided_twice: "temperature_twice",
    logits_clipped: "left_out_yet_drawn",
    a_little_in_the_logarithm: "left_out_yet_drawn",
    largest_of_the_batch: "maximum_of_the_batch",
    onto_softmax_but_at_zero: "noise_on_probabilities",
    at_least_a_tenth: "wrong_where_temperature_is_0.05",
    a_hundred_below_zero: "left_out_yet_drawn",
    last_arrival: "smallest_wins",
    best_from_zero: "zero_instead",
}
