"""Practice for question 37: bytes of weights, gradients and optimizer on a device."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.scale.memory import training_memory

exercise = Exercise(
    training_memory,
    page="37-will-it-fit",
    returns=("weights", "gradients", "optimizer"),
    hints=(
        "With mixed precision and Adam a parameter has 16 bytes. Which five numbers are they, and "
        "of how many bytes each?",
        "Each stage splits one part more. Which part is the largest, and so split first?",
        "A device holds whole parameters. How many has the fullest, if 10 are split over 4?",
    ),
)

exercise.case("one device", 1000)
exercise.case("one device, in float32", 1003, mixed=False)
exercise.case("momentum instead of Adam", 1001, state_bytes=4)
exercise.case("SGD, in float32", 1007, mixed=False, state_bytes=0)
exercise.case("eight devices, nothing split", 1000, 8, 0, mixed=True)
exercise.case("seven devices, nothing split", 1000, 7, state_bytes=2)
exercise.case("four devices, the optimizer split", 1000, 4, 1)
exercise.case("five devices, gradients split too", 1000, 5, 2)
exercise.case("ten devices, all split", 1000, 10, 3)
exercise.case("all split over one device", 997, 1, 3)
exercise.case("ten parameters on four devices", 10, 4, 1)
exercise.case("parts that do not divide, stage 2", 1003, 8, 2)
exercise.case("parts that do not divide, stage 3", 1003, 7, 3)
exercise.case("more devices than parameters", 3, 8, 3)
exercise.case("float32, the optimizer split", 1009, 11, 1, mixed=False)
exercise.case("float32, all split", 1013, 6, 3, mixed=False, state_bytes=4)
exercise.case("Adam in 8 bits, the optimizer split", 1019, 9, 1, state_bytes=2)
exercise.case("SGD, the optimizer split", 1021, 7, 1, state_bytes=0)
exercise.case("Llama 7B on 8", 6_738_415_616, 8, 3)
exercise.case("7.5 billion on 64", 7_500_000_000, 64, 2)
exercise.case("Llama 3 405B on 16,384", 405_853_388_800, 16_384, 1)
exercise.case("integers of NumPy", np.int32(2_000_000_011), np.int32(16), np.int32(2))
exercise.case(
    "more than 2⁵³ parameters",
    *(10**18, 3, 3),
    noted=Note(
        "numbers of parameters beyond 2⁵³",
        "Ours counts in Python's integers: a float rounds such a number, and int64 may not hold "
        "its bytes.",
        in_stub_alone=True,
    ),
)


def bytes_of(mixed, state_bytes):
    """Of a parameter: weights, gradients, optimizer."""
    return (2, 2, 4 + int(state_bytes)) if mixed else (4, 4, int(state_bytes))


def on_a_device(parameters, devices, stage, sizes, first=(3, 2, 1)):
    """Bytes where each part is split from a stage on."""
    whole = int(parameters)
    part = -(-whole // int(devices))
    return tuple(
        size * (part if stage >= begins else whole)
        for size, begins in zip(sizes, first, strict=True)
    )


@exercise.bug(copy=(0, 2))
def no_copy_of_weights(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8, copy=0
):
    """The optimizer has no copy of the weights, or one of 2 bytes. With mixed precision it keeps
    one in float32, 4 bytes a parameter more."""
    # "The optimizer has no copy of the weights": want.optimizer - got.optimizer == 4 * parameters
    # "or one of 2 bytes": want.optimizer - bug(parameters, copy=2)[2] == 2 * parameters
    # "it keeps one in float32, 4 bytes a parameter more": copy + → 4 +
    sizes = (2, 2, copy + state_bytes) if mixed else (4, 4, state_bytes)
    return on_a_device(parameters, devices, stage, sizes)


@exercise.bug
def no_copy_without_state(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """The copy of the weights is gone where `state_bytes` is 0. SGD changes float32 weights, too:
    mixed precision keeps them."""
    # "The copy of the weights is gone where `state_bytes` is 0": state_bytes == 0 and
    #     got.optimizer == 0 < want.optimizer
    # "mixed precision keeps them": states if state_bytes else 0 → states
    weights, gradients, states = bytes_of(mixed, state_bytes)
    states = states if state_bytes else 0
    return on_a_device(parameters, devices, stage, (weights, gradients, states))


@exercise.bug
def copy_among_the_weights(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """The copy in float32 is counted among the weights, and split as late as they are. It is the
    optimizer's."""
    # "The copy in float32 is counted among the weights, and split as late as they are":
    #     got.weights - want.weights == 4 * parameters and got.optimizer < want.optimizer
    # "It is the optimizer's": (6, 2, → (2, 2, 4 +
    sizes = (6, 2, state_bytes) if mixed else (4, 4, state_bytes)
    return on_a_device(parameters, devices, stage, sizes)


@exercise.bug
def copy_in_float32_too(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """There is a copy of the weights without mixed precision, too. Weights are in float32 then, and
    need none."""
    # "There is a copy of the weights without mixed precision, too": not mixed and got.optimizer -
    #     want.optimizer == 4 * parameters
    # "Weights are in float32 then, and need none": 4 + state_bytes → (4 if mixed else 0) +
    #     state_bytes
    size = 2 if mixed else 4
    return on_a_device(parameters, devices, stage, (size, size, 4 + state_bytes))


@exercise.bug(copy=(4, 0))
def precision_ignored(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8, copy=4
):
    """Weights and gradients have 2 bytes whatever `mixed` says. Without mixed precision they have
    4, and there is no copy."""
    # "Weights and gradients have 2 bytes whatever `mixed` says": got.weights == got.gradients ==
    #     2 * parameters and not mixed
    # "Without mixed precision they have 4, and there is no copy": (2, 2, states) → bytes_of(mixed,
    #     state_bytes)
    states = int(state_bytes) + (4 if mixed else copy)
    return on_a_device(parameters, devices, stage, (2, 2, states))


@exercise.bug
def gradients_in_float32(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Gradients have 4 bytes, as Megatron keeps them. Here they are as short as the weights: 2 with
    mixed precision."""
    # "Gradients have 4 bytes, as Megatron keeps them": got.gradients == 4 * parameters
    # "Here they are as short as the weights: 2 with mixed precision": (weights, 4, states) →
    #     (weights, weights, states)
    weights, _, states = bytes_of(mixed, state_bytes)
    return on_a_device(parameters, devices, stage, (weights, 4, states))


@exercise.bug
def weights_in_float32(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Weights have 4 bytes with mixed precision. Those that multiply have 2; the float32 ones are
    the optimizer's."""
    # "Weights have 4 bytes with mixed precision": mixed and got.weights == 4 * parameters
    # "Those that multiply have 2": (4, gradients, states) → (gradients, gradients, states)
    _, gradients, states = bytes_of(mixed, state_bytes)
    return on_a_device(parameters, devices, stage, (4, gradients, states))


@exercise.bug
def always_adam(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """The optimizer has Adam's 8 bytes whatever `state_bytes` says. Momentum has 4, SGD none."""
    # "The optimizer has Adam's 8 bytes whatever `state_bytes` says": got.optimizer -
    #     want.optimizer == (8 - state_bytes) * parameters and state_bytes != 8
    # "Momentum has 4, SGD none": bytes_of(mixed, 8) → bytes_of(mixed, state_bytes)
    return on_a_device(parameters, devices, stage, bytes_of(mixed, 8))


@exercise.bug(mixed_alone=(False, True))
def one_moment(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8, mixed_alone=False
):
    """The optimizer's state has half of its bytes, as if Adam kept one moment or both in 2 bytes.
    `state_bytes` is all that it keeps."""
    # "The optimizer's state has half of its bytes": want.optimizer - got.optimizer == state_bytes
    #     // 2 * parameters
    # "`state_bytes` is all that it keeps": state_bytes // 2 → state_bytes
    states = state_bytes if mixed_alone and not mixed else state_bytes // 2
    return on_a_device(parameters, devices, stage, bytes_of(mixed, states))


@exercise.bug(least=(3, 1))
def always_split(parameters, devices=1, stage=0, mixed=True, state_bytes=8, least=3):
    """All is split over the devices, or the optimizer, whatever the stage. At stage 0 each device
    has everything."""
    # "All is split over the devices, or the optimizer, whatever the stage":
    #     tuple(vars(got).values()) == right(parameters, devices, 3) and
    #     bug(parameters, devices, 0, least=1)[2] == want.optimizer // devices
    # "At stage 0 each device has everything": max(stage, least) → stage
    stage = max(stage, least)
    return on_a_device(parameters, devices, stage, bytes_of(mixed, state_bytes))


@exercise.bug
def never_split(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Nothing is split, whatever the stage. From stage 1 on each device keeps its part of the
    optimizer's numbers."""
    # "Nothing is split, whatever the stage": tuple(vars(got).values()) == right(parameters) and
    #     stage > 0
    # "From stage 1 on each device keeps its part of the optimizer's numbers": devices, 0, →
    #     devices, stage,
    return on_a_device(parameters, devices, 0, bytes_of(mixed, state_bytes))


@exercise.bug
def whole_in_float32(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Without mixed precision nothing is split. Stages split the same parts whatever the
    precision."""
    # "Without mixed precision nothing is split": not mixed and tuple(vars(got).values()) == right(
    #     parameters, mixed=False, state_bytes=state_bytes)
    # "Stages split the same parts whatever the precision": stage if mixed else 0 → stage
    stage = stage if mixed else 0
    return on_a_device(parameters, devices, stage, bytes_of(mixed, state_bytes))


@exercise.bug(first=((1, 2, 3), (1, 3, 2)))
def weights_split_first(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8, first=(1, 2, 3)
):
    """Weights are split first. The stages go the other way: the optimizer, then gradients, then
    weights, which every pass needs whole."""
    # "Weights are split first": stage == 1 and got.weights < want.weights
    # "The stages go the other way: the optimizer, then gradients, then weights": first) → (3, 2,
    #     1))
    return on_a_device(parameters, devices, stage, bytes_of(mixed, state_bytes), first)


@exercise.bug
def gradients_split_first(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Gradients are split at stage 1, the optimizer at stage 2. It is the other way round."""
    # "Gradients are split at stage 1, the optimizer at stage 2": stage == 1 and got.gradients <
    #     want.gradients and got.optimizer > want.optimizer
    # "It is the other way round": (3, 1, 2) → (3, 2, 1)
    return on_a_device(
        parameters, devices, stage, bytes_of(mixed, state_bytes), (3, 1, 2)
    )


@exercise.bug
def weights_split_before_gradients(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8
):
    """At stage 2 weights are split and gradients are not, or the two come in the other order.
    Stage 2 splits gradients, stage 3 weights too, and weights come first."""
    # "At stage 2 weights are split and gradients are not, or the two come in the other order":
    #     stage == 2 and (got.weights, got.gradients) == (want.gradients, want.weights)
    # "Stage 2 splits gradients, stage 3 weights too, and weights come first": (2, 3, 1) → (3, 2, 1)
    return on_a_device(
        parameters, devices, stage, bytes_of(mixed, state_bytes), (2, 3, 1)
    )


@exercise.bug
def a_stage_early(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Each part is split a stage too early. Stage 1 splits the optimizer alone, stage 2 gradients
    too, stage 3 weights too."""
    # "Each part is split a stage too early": tuple(vars(got).values()) == right(parameters,
    #     devices, stage + 1)
    # "Stage 1 splits the optimizer alone, stage 2 gradients too, stage 3 weights too": (2, 1, 0) →
    #     (3, 2, 1)
    return on_a_device(
        parameters, devices, stage, bytes_of(mixed, state_bytes), (2, 1, 0)
    )


@exercise.bug
def a_stage_late(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Each part is split a stage too late. Stage 1 splits the optimizer, stage 2 gradients too,
    stage 3 weights too."""
    # "Each part is split a stage too late": tuple(vars(got).values()) == right(parameters, devices,
    #     stage - 1)
    # "Stage 1 splits the optimizer, stage 2 gradients too, stage 3 weights too": (4, 3, 2) → (3,
    #     2, 1)
    return on_a_device(
        parameters, devices, stage, bytes_of(mixed, state_bytes), (4, 3, 2)
    )


@exercise.bug
def one_part_a_stage(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """A stage splits one part alone. Stage 2 splits the optimizer as well, stage 3 all three: ask
    for `>=`, not `==`."""
    # "A stage splits one part alone": got.optimizer == 12 * parameters and got.gradients < 2 *
    #     parameters
    # "ask for `>=`, not `==`": stage == begins → stage >= begins
    whole = int(parameters)
    part = -(-whole // int(devices))
    return tuple(
        size * (part if stage == begins else whole)
        for size, begins in zip(bytes_of(mixed, state_bytes), (3, 2, 1), strict=True)
    )


@exercise.bug(begins=(4, 3))
def copy_not_split(parameters, devices=1, stage=0, mixed=True, state_bytes=8, begins=4):
    """The moments are split, and the copy of the weights is not. It is the optimizer's, too: each
    device updates its part alone."""
    # "The moments are split, and the copy of the weights is not": got.optimizer - want.optimizer ==
    #     4 * parameters - 4 * parameters // devices
    # "It is the optimizer's, too": stage >= begins → stage >= 1
    weights, gradients, states = bytes_of(mixed, state_bytes)
    if mixed:
        found = on_a_device(
            parameters, devices, stage, (weights, gradients, states - 4)
        )
        part = -(-int(parameters) // int(devices))
        return *found[:2], found[2] + 4 * (part if stage >= begins else int(parameters))
    return on_a_device(parameters, devices, stage, (weights, gradients, states))


@exercise.bug
def padded_where_nothing_is_split(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8
):
    """What is whole is padded as if it were split. Only parts are padded: a device that keeps all
    keeps `parameters`."""
    # "What is whole is padded as if it were split": got.weights > want.weights and stage < 3
    # "a device that keeps all keeps `parameters`": part * int(devices)) → int(parameters))
    part = -(-int(parameters) // int(devices))
    return tuple(
        size * (part if stage >= begins else part * int(devices))
        for size, begins in zip(bytes_of(mixed, state_bytes), (3, 2, 1), strict=True)
    )


@exercise.bug(half=(round, lambda number: int(number + 0.5)))
def rounded_to_the_nearest(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8, half=round
):
    """The part is rounded to the nearest number, so the longest part may not fit. Round it up:
    `-(-parameters // devices)`."""
    # "The part is rounded to the nearest number": got.optimizer < want.optimizer and parameters %
    #     devices * 2 <= devices
    # "Round it up: `-(-parameters // devices)`": half(int(parameters) / int(devices)) →
    #     -(-parameters // devices)
    part = half(int(parameters) / int(devices))
    return tuple(
        size * (part if stage >= begins else int(parameters))
        for size, begins in zip(bytes_of(mixed, state_bytes), (3, 2, 1), strict=True)
    )


@exercise.bug
def rest_on_one_device(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """One device takes all parameters that are left over. Shared out they are at most one a
    device: `-(-parameters // devices)`."""
    # "One device takes all parameters that are left over": got.optimizer == (4 + state_bytes) *
    #     (parameters // devices + parameters % devices)
    # "`-(-parameters // devices)`": parameters // devices + parameters % devices → -(-parameters //
    #     devices)
    parameters, devices = int(parameters), int(devices)
    part = parameters // devices + parameters % devices
    return tuple(
        size * (part if stage >= begins else parameters)
        for size, begins in zip(bytes_of(mixed, state_bytes), (3, 2, 1), strict=True)
    )


@exercise.bug
def rounded_down(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """Parameters that are left over have no device. Round the part up: `-(-parameters //
    devices)`."""
    # "Parameters that are left over have no device": got.optimizer < want.optimizer and parameters
    #     % devices
    # "Round the part up: `-(-parameters // devices)`": int(parameters) // int(devices) →
    #     -(-parameters // devices)
    part = int(parameters) // int(devices)
    return tuple(
        size * (part if stage >= begins else int(parameters))
        for size, begins in zip(bytes_of(mixed, state_bytes), (3, 2, 1), strict=True)
    )


@exercise.bug
def a_parameter_too_many(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """A part has one parameter more than it needs where they divide: `parameters // devices + 1` is
    no rounding up. `-(-parameters // devices)` is."""
    # "A part has one parameter more than it needs where they divide: `parameters // devices + 1`":
    #     parameters % devices == 0 and got.optimizer == (4 + state_bytes) *
    #     (parameters // devices + 1)
    # "`-(-parameters // devices)` is": int(parameters) // int(devices) + 1 → -(-parameters //
    #     devices)
    part = int(parameters) // int(devices) + 1
    return tuple(
        size * (part if stage >= begins else int(parameters))
        for size, begins in zip(bytes_of(mixed, state_bytes), (3, 2, 1), strict=True)
    )


@exercise.bug(how=("divided", "rounded"))
def bytes_split_evenly(
    parameters, devices=1, stage=0, mixed=True, state_bytes=8, how="divided"
):
    """A part is not rounded up to whole parameters, as if a device could hold a fraction of one.
    Split parameters, round the part up, then count its bytes."""
    # "A part is not rounded up to whole parameters, as if a device could hold a fraction of one":
    #     got.optimizer == (4 + state_bytes) * parameters / devices and parameters % devices
    # "Split parameters, round the part up, then count its bytes": share(size * whole) → size *
    #     -(-whole // int(devices))

    def share(number):
        return number / int(devices) if how == "divided" else -(-number // int(devices))

    whole = int(parameters)
    return tuple(
        share(size * whole) if stage >= begins else size * whole
        for size, begins in zip(bytes_of(mixed, state_bytes), (3, 2, 1), strict=True)
    )


@exercise.bug
def all_devices_together(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """These are the bytes of all devices together. One device is asked for."""
    # "These are the bytes of all devices together": got.weights == devices * want.weights and
    #     devices > 1
    # "One device is asked for": int(devices) * each → each
    found = on_a_device(parameters, devices, stage, bytes_of(mixed, state_bytes))
    return tuple(int(devices) * each for each in found)


@exercise.bug
def four_bytes(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """The number wraps around at 2**31, as integers of four bytes do. Count in Python's
    integers."""
    # "The number wraps around at 2**31": got.optimizer < want.optimizer and (want.optimizer -
    #     got.optimizer) % 2**32 == 0
    # "Count in Python's integers": (each + 2 ** 31) % 2 ** 32 - 2 ** 31 → each
    found = on_a_device(parameters, devices, stage, bytes_of(mixed, state_bytes))
    return tuple((each + 2**31) % 2**32 - 2**31 for each in found)


@exercise.bug
def integers_too_narrow(parameters, devices=1, stage=0, mixed=True, state_bytes=8):
    """A product of NumPy's integers overflows. Make Python's of them first."""
    # "A product of NumPy's integers overflows": isinstance(parameters, np.int32) and
    #     (want.weights - got.weights) % 2**32 == 0 < want.weights - got.weights
    # "Make Python's of them first": isinstance(parameters, np.int32) → False
    if isinstance(parameters, np.int32):
        return four_bytes(parameters, devices, stage, mixed, state_bytes)
    return on_a_device(parameters, devices, stage, bytes_of(mixed, state_bytes))
