"""Learning rates by step: a linear warm-up, then a cosine, or a plateau and a fall.

Steps count from 0. No step is wasted at a rate of 0: the warm-up begins above 0, and the last
step of `total` lies above the floor.
"""

import math

from answers.inputs import refuse_below
from answers.inputs.contracts import refuses


# --8<-- [start:cosine_schedule_refuses]
def no_schedule(step, total, warmup, peak, floor):
    refuse_below(0, step=step, total=total, warmup=warmup, peak=peak, floor=floor)
    if floor > peak:
        raise ValueError(f"`floor` is {floor}, above `peak` {peak}; exchange them")


def no_step_left(total, warmup):
    if warmup >= total:
        raise ValueError(
            f"`warmup` is {warmup} of `total` {total} steps; leave one step at least"
        )


@refuses(no_schedule, no_step_left)
# --8<-- [end:cosine_schedule_refuses]
# --8<-- [start:cosine_schedule]
def cosine_schedule(
    step: int, total: int, warmup: int, peak: float, floor: float = 0.0
) -> float:
    """The learning rate of one step: a linear warm-up, then half a cosine down to `floor`.

    How:
        While step < warmup it is peak (step + 1) / (warmup + 1). Then, with
        t = (step - warmup) / (total - warmup) of the way done, it is
        floor + (peak - floor) (1 + cos πt) / 2. From step `total` on it is `floor`.

    Args:
        step: Which step, from 0. Count steps of the optimizer, not micro-batches.
        total: Steps of the run; from step number `total` on the rate is `floor`.
        warmup: Steps below the peak at the start, in equal rises from 0: step 0 is the
            first of warmup + 1 rises, and step number `warmup` has the peak.
        peak: The largest learning rate.
        floor: Where the half cosine ends.

    Raises:
        ValueError: A number is negative, nan or infinite, `floor` is above `peak`, or
            `warmup` leaves no step of `total`.

    Source:
        Loshchilov and Hutter (2017), SGDR, equation 5, https://arxiv.org/abs/1608.03983

    Example:
        Three steps of warm-up, the peak, and half of it midway through the fall.

        >>> [round(cosine_schedule(step, 11, 3, 8.0), 2) for step in (0, 1, 2, 3, 7, 11)]
        [2.0, 4.0, 6.0, 8.0, 4.0, 0.0]
    """
    if step < warmup:
        return peak * ((step + 1) / (warmup + 1))
    t = min((step - warmup) / (total - warmup), 1.0)
    return floor + (peak - floor) * ((1 + math.cos(math.pi * t)) / 2)


# --8<-- [end:cosine_schedule]


# --8<-- [start:wsd_schedule_refuses]
def no_plateau(total, warmup, decay):
    refuse_below(1, decay=decay)
    if warmup + decay > total:
        raise ValueError(
            f"`warmup` {warmup} and `decay` {decay} are more than `total` {total} steps; "
            "shorten one"
        )


@refuses(no_schedule, no_plateau)
# --8<-- [end:wsd_schedule_refuses]
# --8<-- [start:wsd_schedule]
def wsd_schedule(
    step: int, total: int, warmup: int, decay: int, peak: float, floor: float = 0.0
) -> float:
    """The learning rate of one step: a warm-up, a plateau, and a linear fall at the end.

    Until the fall begins no rate depends on `total`: a run can be made longer, or a fall
    begun from any checkpoint.

    Args:
        step: Which step, from 0.
        total: Steps of the run.
        warmup: Steps below the peak at the start.
        decay: Steps of the fall; the first of them still has the peak.
        peak: The learning rate of the plateau.
        floor: The learning rate from step `total` on.

    Raises:
        ValueError: A number is negative, nan or infinite, `floor` is above `peak`, there
            is no step of `decay`, or warm-up and fall together are longer than `total`.

    Source:
        Hu et al. (2024), MiniCPM, section 4, where the fall is exponential,
        https://arxiv.org/abs/2404.06395

    Example:
        >>> [wsd_schedule(step, 10, 1, 4, 8.0) for step in (0, 1, 5, 6, 8, 9, 10)]
        [4.0, 8.0, 8.0, 8.0, 4.0, 2.0, 0.0]
    """
    if step < warmup:
        return peak * ((step + 1) / (warmup + 1))
    left = min(max(total - step, 0) / decay, 1.0)
    return floor + (peak - floor) * left


# --8<-- [end:wsd_schedule]
