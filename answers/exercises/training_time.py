"""Practice for question 37: the days that a training run takes."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.scale.training_cost import training_time

exercise = Exercise(
    training_time,
    page="37-will-it-fit",
    hints=(
        "How many FLOPs does one parameter cost one token, forward and backward? The backward "
        "pass makes two products for each of the forward pass.",
        "Divide all FLOPs by those that all devices really make in a second. How many seconds has "
        "a day?",
        "The cost of attention is given for a token. What does a second forward pass add to both "
        "parts?",
    ),
)

A100, H100 = 312e12, 989e12
exercise.case("one device at its peak", 1000, 10, 1, 1.0, 1.0)
exercise.case("half of the peak", 3000, 70, 1, 40.0, 0.5)
exercise.case("seven devices", 5e6, 3e8, 7, 2e9, 0.3)
exercise.case("Llama 7B on eight A100", 6.74e9, 1e12, 8, A100, 0.4)
exercise.case("Llama 65B on 2,048", 65.2e9, 1.4e12, 2048, A100, 0.47)
exercise.case("Llama 3 405B on 16,384 H100", 405e9, 15.6e12, 16_384, H100, 0.41)
exercise.case("whole numbers", 7_000_000_000, 10**12, 8, 989_000_000_000_000, 1)
exercise.case("attention of one block", 1000, 10, 1, 1.0, 1.0, 1, 3, 10)
exercise.case("attention of four blocks", 3e6, 5e8, 2, 1e9, 0.35, 4, 64, 128)
exercise.case(
    "attention, a long sequence", 6.74e9, 1e12, 8, H100, 0.4, 32, 4096, 32_768
)
exercise.case("by name", 3e6, 5e8, 2, 1e9, 0.45, layers=3, width=48, length=77)
exercise.case("a second forward pass", 1000, 10, 1, 1.0, 0.5, checkpoint=True)
exercise.case(
    "a second forward pass, not counted", 1700, 10, 3, 1.0, 0.5, checkpoint=False
)
exercise.case(
    "a second forward pass with attention", 3e6, 5e8, 2, 1e9, 0.35, 4, 64, 128, True
)
exercise.case("Llama 3 8B at 8,192", 8.03e9, 15e12, 1024, H100, 0.42, 32, 4096, 8192)
exercise.case("one token", 7.0, 1, 1, 1.0, 0.25)
exercise.case(
    "integers of NumPy", np.int64(7 * 10**9), np.int64(10**13), np.int64(8), H100, 0.4
)
exercise.case("utilisation of one per cent", 2e9, 4e10, 3, A100, 0.01)
exercise.case(
    "integers of NumPy, with attention",
    *(np.int64(8 * 10**9), np.int64(15 * 10**12), 1024, H100, 0.42, 32, 4096, 8192),
)
exercise.case(
    "parameters of int32", np.int32(2 * 10**9), np.int64(4 * 10**13), 64, H100, 0.4
)
exercise.case("tokens that end amid a sequence", 70, 1005, 1, 1.0, 0.5, 3, 5, 100)


def days(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
    each=6,
    pair=12,
    again=8 / 6,
):
    """Of a run whose FLOPs are counted otherwise."""
    flops = each * float(parameters) + pair * float(layers) * float(width) * float(
        length
    )
    flops *= again if checkpoint else 1
    made = float(devices) * float(peak) * float(utilisation)
    return flops * float(tokens) / made / 86_400


@exercise.bug
def forward_alone(*run, **more):
    """A parameter costs 2 FLOPs here, for the forward pass. The backward pass costs twice as
    many again: 6."""
    # "A parameter costs 2 FLOPs here, for the forward pass": np.isclose(3 * got, want)
    # "The backward pass costs twice as many again: 6": each=2, pair=4 → each=6, pair=12
    return days(*run, **more, each=2, pair=4)


@exercise.bug
def backward_as_forward(*run, **more):
    """A parameter costs 4 FLOPs here, as if the backward pass were one product. It makes two: for
    the gradient of the input and for the parameter's own."""
    # "A parameter costs 4 FLOPs here": np.isclose(1.5 * got, want)
    # "It makes two: for the gradient of the input and for the parameter's own": each=4, pair=8 →
    #     each=6, pair=12
    return days(*run, **more, each=4, pair=8)


@exercise.bug
def half_of_the_days(*run, **more):
    """The days are half: to multiply and to add are two FLOPs, so that a parameter costs 6, and
    `peak` counts as it is given."""
    # "The days are half": np.isclose(2 * got, want)
    # "to multiply and to add are two FLOPs, so that a parameter costs 6":
    #     each=3, pair=6 → each=6, pair=12
    return days(*run, **more, each=3, pair=6)


@exercise.bug
def always_recomputed(*run, **more):
    """A parameter costs 8 FLOPs here, with a second forward pass, even if it is not asked for. By
    itself it is 6."""
    # "A parameter costs 8 FLOPs here, with a second forward pass, even if it is not asked for":
    #     np.isclose(got, want * 8 / 6)
    # "By itself it is 6": 8 / 6 * days( → days(; again=1 → again=8 / 6
    return 8 / 6 * days(*run, **more, again=1)


@exercise.bug
def at_full_speed(parameters, tokens, devices, peak, utilisation, *attention, **more):
    """Devices are taken to work at their peak. They reach a share of it: divide by `utilisation`,
    too."""
    # "Devices are taken to work at their peak": np.isclose(got, utilisation * want) and utilisation
    #     < 1
    # "divide by `utilisation`, too": peak, 1.0, → peak, utilisation,
    return days(parameters, tokens, devices, peak, 1.0, *attention, **more)


@exercise.bug
def multiplied_by_utilisation(
    parameters, tokens, devices, peak, utilisation, *attention, **more
):
    """The days are multiplied by the utilisation, so that a slower device is done sooner. Divide
    by it."""
    # "The days are multiplied by the utilisation, so that a slower device is done sooner":
    #     np.isclose(got, want * utilisation**2)
    # "Divide by it": utilisation * days( → days(; peak, 1.0, → peak, utilisation,
    return utilisation * days(
        parameters, tokens, devices, peak, 1.0, *attention, **more
    )


@exercise.bug
def one_device(parameters, tokens, devices, peak, utilisation, *attention, **more):
    """The run is on one device. All compute at once: divide by their number."""
    # "The run is on one device": np.isclose(got, devices * want) and devices > 1
    # "All compute at once: divide by their number": tokens, 1, → tokens, devices,
    return days(parameters, tokens, 1, peak, utilisation, *attention, **more)


@exercise.bug(share=(86_400, 3_600, 24, 1_440))
def other_unit(*run, share=86_400, **more):
    """The unit is not the day, of 24 * 60 * 60 seconds. Divide seconds by 86,400."""
    # "The unit is not the day, of 24 * 60 * 60 seconds": np.isclose(got, 86_400 * want)
    # "Divide seconds by 86,400": share * days( → days(
    return share * days(*run, **more)


@exercise.bug
def no_attention(parameters, tokens, devices, peak, utilisation, *attention, **more):
    """Attention's scores are left out. They cost 12 layers width length FLOPs a token."""
    # "Attention's scores are left out": layers > 0 and np.isclose(got,
    #     right(parameters, tokens, devices, peak, utilisation))
    # "They cost 12 layers width length FLOPs a token": pair=0 → pair=12
    return days(
        parameters, tokens, devices, peak, utilisation, *attention, **more, pair=0
    )


@exercise.bug
def half_of_the_square(*run, **more):
    """Attention costs half: the pairs below the diagonal, or the scores without the values. PaLM
    counts the whole square, in both products."""
    # "Attention costs half: the pairs below the diagonal, or the scores without the values":
    #     layers > 0 and np.isclose((want - got) * 86_400 * devices * peak * utilisation, 6 *
    #     layers * width * length * tokens)
    # "PaLM counts the whole square, in both products": pair=6 → pair=12
    return days(*run, **more, pair=6)


@exercise.bug
def attention_forward_alone(*run, **more):
    """Attention costs 4 layers width length here: its forward pass. With the backward pass it is
    12."""
    # "Attention costs 4 layers width length here: its forward pass": np.isclose((want - got) *
    #     86_400 * devices * peak * utilisation, 8 * layers * width * length * tokens)
    # "With the backward pass it is 12": pair=4 → pair=12
    return days(*run, **more, pair=4)


@exercise.bug(pair=(2, 8, 16, 24))
def other_price_of_attention(*run, pair=24, **more):
    """Attention costs another multiple of layers width length. Its two products cost 4 forward, and
    twice as much backward: 12."""
    # "Attention costs another multiple of layers width length": layers > 0 and not
    #     np.isclose(got, want)
    # "Its two products cost 4 forward, and twice as much backward: 12": pair=pair → pair=12
    return days(*run, **more, pair=pair)


@exercise.bug
def attention_of_one_layer(
    parameters, tokens, devices, peak, utilisation, layers=0, *sizes, **more
):
    """Attention is counted in one block. Each of `layers` has it."""
    # "Attention is counted in one block": layers > 1 and got < want
    # "Each of `layers` has it": min(layers, 1) → layers
    some = min(layers, 1)
    return days(parameters, tokens, devices, peak, utilisation, some, *sizes, **more)


@exercise.bug
def attention_of_a_sequence(
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
    """Attention's cost of a whole sequence is charged to every token: length stands squared. A
    token meets length others: once."""
    # "Attention's cost of a whole sequence is charged to every token: length stands squared":
    #     layers > 0 and got > want
    # "A token meets length others: once": width, length ** 2 → width, length
    return days(
        *(parameters, tokens, devices, peak, utilisation, layers, width, length**2),
        checkpoint,
    )


@exercise.bug
def attention_once(
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
    """Attention is added for one token of the run. Each token has it: add before you multiply by
    tokens."""
    # "Attention is added for one token of the run": layers > 0 and got < want
    # "Each token has it: add before you multiply by tokens": length / tokens → length
    return days(
        *(parameters, tokens, devices, peak, utilisation),
        *(layers, width, length / tokens, checkpoint),
    )


@exercise.bug
def checkpoint_ignored(
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
    """The second forward pass is left out. It adds a third: 8 FLOPs for each 6."""
    # "The second forward pass is left out": checkpoint and np.isclose(got * 8, want * 6)
    # "It adds a third: 8 FLOPs for each 6": length, False → length, checkpoint
    return days(
        parameters, tokens, devices, peak, utilisation, layers, width, length, False
    )


@exercise.bug(again=(2.0, 1.5, 7 / 6, 10 / 6))
def other_price_of_a_pass(*run, again=1.5, **more):
    """A second forward pass costs something else here. It is 2 FLOPs beside 6: 8 for each 6."""
    # "A second forward pass costs something else here": checkpoint and not np.isclose(got, want)
    # "It is 2 FLOPs beside 6: 8 for each 6": again=again → again=8 / 6
    return days(*run, **more, again=again)


@exercise.bug
def parameters_again_attention_not(
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
    """The second forward pass has parameters and no attention. It runs all again: multiply the
    sum."""
    # "The second forward pass has parameters and no attention": checkpoint and layers > 0 and got <
    #     want
    # "It runs all again: multiply the sum": layers * 6 / 8 if checkpoint else layers → layers
    blocks = layers * 6 / 8 if checkpoint else layers
    return days(
        *(parameters, tokens, devices, peak, utilisation),
        *(blocks, width, length, checkpoint),
    )


@exercise.bug(utilised=(100,))
def per_cent(*run, utilised=100, **more):
    """Utilisation is read as per cent. It is a share: 0.4 is 40%."""
    # "Utilisation is read as per cent": np.isclose(got, 100 * want)
    # "It is a share: 0.4 is 40%": utilised * days( → days(
    return utilised * days(*run, **more)


@exercise.bug
def whole_days(*run, **more):
    """Days are rounded to whole ones. Return the fraction, too."""
    # "Days are rounded to whole ones": got == round(want) != want
    # "Return the fraction, too": round(days(*run, **more)) → days(*run, **more)
    return round(days(*run, **more))


@exercise.bug
def whole_seconds(*run, **more):
    """Seconds are rounded down to whole ones. Divide by `/`, not by `//`."""
    # "Seconds are rounded down to whole ones": got < want < got + 1 / 86_400
    # "Divide by `/`, not by `//`": // 1 / → /
    return round(86_400 * days(*run, **more), 6) // 1 / 86_400


@exercise.bug(whole=(np.floor, np.ceil))
def whole_sequences(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
    whole=np.floor,
):
    """Attention is counted for a whole number of sequences. The last may be cut: charge 12 layers
    width length to each token."""
    # "Attention is counted for a whole number of sequences": layers > 0 and tokens % length > 0 and
    #     not np.isclose(got, want)
    # "charge 12 layers width length to each token": whole(tokens / length) → tokens / length
    blocks = layers * whole(tokens / length) * length / tokens if layers else 0
    return days(
        *(parameters, tokens, devices, peak, utilisation),
        *(blocks, width, length, checkpoint),
    )


@exercise.bug(floats=("", "parameters", "tokens"))
def integers_too_narrow(
    parameters,
    tokens,
    devices,
    peak,
    utilisation,
    layers=0,
    width=0,
    length=0,
    checkpoint=False,
    floats="",
):
    """A product of NumPy's integers overflows. Make floats of them first."""
    # "A product of NumPy's integers overflows": isinstance(tokens, np.int64) and not
    #     np.isclose(got, want)
    # "Make floats of them first": else parameters → else float(parameters); else tokens → else
    #     float(tokens)
    n = float(parameters) if floats == "parameters" else parameters
    t = float(tokens) if floats == "tokens" else tokens
    with np.errstate(over="ignore"):
        flops = 6 * n * t + 12 * layers * width * length * t
    again = 8 / 6 if checkpoint else 1
    return again * flops / (float(devices) * peak * utilisation * 86_400)
