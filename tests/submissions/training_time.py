"""Right and wrong ways to count the days of a training run."""

from fractions import Fraction

DAY = 24 * 60 * 60


def step_by_step(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    per_token = 6.0 * parameters
    if layers:
        per_token += 12.0 * layers * width * length
    if checkpoint:
        per_token += per_token / 3
    per_second = float(devices) * peak * utilisation
    return per_token * tokens / per_second / DAY


def passes(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    forward = 2 * (float(parameters) + 2.0 * layers * width * length)
    runs = 3 + bool(checkpoint)  # once forward, twice backward, perhaps again
    return runs * forward * float(tokens) / (float(devices) * peak * utilisation) / DAY


def by_rate(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    """Tokens a day of one device, then of all."""
    cost = 6 * float(parameters) + 12 * float(layers) * float(width) * float(length)
    cost = cost * 4 / 3 if checkpoint else cost
    tokens_a_day = DAY * peak * utilisation / cost
    return float(tokens) / tokens_a_day / float(devices)


def exactly(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    n, d = Fraction(float(parameters)), Fraction(float(tokens))
    attention = 12 * int(layers) * int(width) * int(length)
    flops = (6 * n + attention) * d * (Fraction(4, 3) if checkpoint else 1)
    speed = int(devices) * Fraction(float(peak)) * Fraction(float(utilisation))
    return float(flops / speed / DAY)


def separate_times(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    speed = float(devices) * float(peak) * float(utilisation) * 86400.0
    matrices = (8 if checkpoint else 6) * float(parameters) / speed
    scores = (16 if checkpoint else 12) * float(layers) * float(width) * float(length) / speed
    return float(tokens) * matrices + float(tokens) * scores


def in_petaflops(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    needed = 6e-15 * float(parameters) + 12e-15 * float(layers) * float(width) * float(length)
    if checkpoint:
        needed *= 1 + 1 / 3
    return needed * float(tokens) / (float(peak) * 1e-15 * utilisation * float(devices)) / DAY


def _ours(*run, **more):
    return step_by_step(*run, **more)


def inference(*run, **more):
    return _ours(*run, **more) / 3


def four_n_d(*run, **more):
    return _ours(*run, **more) * 2 / 3


def multiply_adds(*run, **more):
    return _ours(*run, **more) / 2


def eight_n_d(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    return _ours(parameters, tokens, devices, peak, utilisation, layers, width, length, True)


def at_the_peak(parameters, tokens, devices, peak, utilisation, *attention, **more):
    return _ours(parameters, tokens, devices, peak, 1.0, *attention, **more)


def utilisation_upside_down(parameters, tokens, devices, peak, utilisation, *attention, **more):
    return _ours(parameters, tokens, devices, peak, 1 / utilisation, *attention, **more)


def sparse_peak(parameters, tokens, devices, peak, utilisation, *attention, **more):
    return _ours(parameters, tokens, devices, 2 * peak, utilisation, *attention, **more)


def device_days(parameters, tokens, devices, peak, utilisation, *attention, **more):
    return _ours(parameters, tokens, 1, peak, utilisation, *attention, **more)


def seconds(*run, **more):
    return _ours(*run, **more) * 86_400


def hours(*run, **more):
    return _ours(*run, **more) * 24


def six_n_d(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    return _ours(parameters, tokens, devices, peak, utilisation, 0, 0, 0, checkpoint)


def causal_scores(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    return _ours(
        parameters, tokens, devices, peak, utilisation, layers, width, length / 2, checkpoint
    )


def scores_without_backward(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    return _ours(
        parameters, tokens, devices, peak, utilisation, layers, width / 3, length, checkpoint
    )


def scores_once_backward(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    """The backward pass of a score is taken for as long as its forward pass."""
    return _ours(
        *(parameters, tokens, devices, peak, utilisation),
        *(layers * 2 / 3, width, length, checkpoint),
    )


def scores_squared(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    return _ours(
        *(parameters, tokens, devices, peak, utilisation, layers, width),
        float(length) ** 2,
        checkpoint,
    )


def one_layer_of_scores(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    return _ours(
        parameters, tokens, devices, peak, utilisation, bool(layers), width, length, checkpoint
    )


def no_recomputation(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    return _ours(parameters, tokens, devices, peak, utilisation, layers, width, length)


def a_pass_is_half(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    plain = _ours(parameters, tokens, devices, peak, utilisation, layers, width, length)
    return plain * 1.5 if checkpoint else plain


def scores_not_recomputed(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    blocks = layers * 0.75 if checkpoint else layers
    return _ours(parameters, tokens, devices, peak, utilisation, blocks, width, length, checkpoint)


def rounded(*run, **more):
    return round(_ours(*run, **more), 1)


def rounded_up(*run, **more):
    return float(int(_ours(*run, **more)) + 1)


def working_days(*run, **more):
    """Five days a week."""
    return _ours(*run, **more) * 5 / 7


def numbers_as_they_come(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    """Right for floats: 6 ND of NumPy's integers is beyond 2**63."""
    flops = (6 * parameters + 12 * layers * width * length) * tokens
    flops = flops * 4 / 3 if checkpoint else flops
    return flops / (devices * peak * utilisation) / DAY


def attention_as_it_comes(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    """The parameters' FLOPs are floats, and attention's are NumPy's integers."""
    passes = 4 if checkpoint else 3
    matrices = 2.0 * passes * parameters * tokens
    scores = 4 * passes * layers * width * length * tokens
    return (matrices + scores) / (devices * peak * utilisation) / DAY


def six_before_the_float(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    """6 N is computed in the type of `parameters`."""
    passes = 8 if checkpoint else 6
    matrices = passes * parameters * float(tokens)
    scores = 2.0 * passes * layers * width * length * float(tokens)
    return (matrices + scores) / (devices * peak * utilisation) / DAY


def full_sequences(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    flops = 6 * float(parameters) * float(tokens)
    if length:
        flops += float(tokens) // length * 12 * layers * width * float(length) ** 2
    if checkpoint:
        flops *= 4 / 3
    return flops / (devices * peak * utilisation) / DAY


def scores_without_values(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    per_token = 6.0 * parameters
    for _ in range(layers):
        per_token += 3 * 2 * width * length
    if checkpoint:
        per_token += per_token / 3
    return per_token * float(tokens) / (devices * peak * utilisation) / DAY


def floor_division(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
):
    flops = float(tokens) * (6.0 * parameters + 12 * layers * width * length)
    if checkpoint:
        flops += flops / 3
    return flops // (devices * peak * utilisation) / DAY


# What each is told; None where no known mistake explains it.
WRONG = {
    inference: "forward_alone",
    four_n_d: "backward_as_forward",
    multiply_adds: "half_of_the_days",
    eight_n_d: "always_recomputed",
    at_the_peak: "at_full_speed",
    utilisation_upside_down: "multiplied_by_utilisation",
    sparse_peak: "half_of_the_days",
    device_days: "one_device",
    seconds: "other_unit",
    hours: "other_unit",
    six_n_d: "no_attention",
    causal_scores: "half_of_the_square",
    scores_without_backward: "attention_forward_alone",
    scores_once_backward: "other_price_of_attention",
    scores_squared: "attention_of_a_sequence",
    one_layer_of_scores: "attention_of_one_layer",
    no_recomputation: "checkpoint_ignored",
    a_pass_is_half: "other_price_of_a_pass",
    scores_not_recomputed: "parameters_again_attention_not",
    rounded: "rounded",
    rounded_up: "whole_days",
    working_days: "constant_factor",
    numbers_as_they_come: "integers_too_narrow",
    attention_as_it_comes: "integers_too_narrow",
    six_before_the_float: "integers_too_narrow",
    full_sequences: "whole_sequences",
    scores_without_values: "half_of_the_square",
    floor_division: "whole_seconds",
}
