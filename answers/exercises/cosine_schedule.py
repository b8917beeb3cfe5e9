"""Practice for question 23: the learning rate of a step, with a warm-up and half a cosine."""

import math

from answers.grader.exercise import Exercise
from answers.training.schedules import cosine_schedule

exercise = Exercise(
    cosine_schedule,
    page="23-loss-does-not-move",
    hints=(
        "Three parts of the run have three formulas: the warm-up, the fall, and what comes after "
        "the last step. Which comparisons of `step` tell them apart?",
        "With 3 steps of warm-up there are 4 equal rises: step 0 has a quarter of the peak, and "
        "step number 3 has all of it.",
        "The fall takes total - warmup steps. Let t go from 0 to 1 over them; 1 + cos(πt) then "
        "goes from 2 to 0.",
        "Only the part above the floor is scaled: peak - floor. Add the floor afterwards.",
    ),
)

exercise.case("the peak, after three steps of warm-up", 3, 11, 3, 8.0)
exercise.case("the second step of the warm-up", 1, 11, 3, 8.0)
exercise.case("the first step of the warm-up", 0, 11, 3, 8.0)
exercise.case("the last step of the warm-up", 2, 11, 3, 8.0)
exercise.case("half of the fall is done", 7, 11, 3, 8.0)
exercise.case("a quarter of the fall is done", 5, 11, 3, 8.0)
exercise.case("the last step", 10, 11, 3, 8.0)
exercise.case("no warm-up, the first step", 0, 7, 0, 0.3)
exercise.case("no warm-up, a later step", 5, 7, 0, 0.3, 0.1)
exercise.case("half of the fall to a floor", 60, 100, 20, 3e-4, 3e-5)
exercise.case("near a floor", 93, 100, 20, 3e-4, 3e-5)
exercise.case("the warm-up, where a floor is given", 4, 100, 20, 3e-4, 3e-5)
exercise.case("the peak, where a floor is given", 20, 100, 20, 3e-4, 3e-5)
exercise.case("the step after the last", 100, 100, 20, 3e-4, 3e-5)
exercise.case("long after the last step", 173, 100, 20, 3e-4, 3e-5)
exercise.case("after the last step, down to 0", 26, 25, 5, 0.02)
exercise.case("whole numbers", 5, 12, 2, 4, 1)
exercise.case("a floor as high as the peak", 9, 12, 2, 0.5, 0.5)
exercise.case("one step of warm-up", 0, 11, 1, 0.5, 0.5)
exercise.case("the first step, below the floor", 0, 100, 20, 3e-4, 3e-5)
exercise.case("a peak of 0", 5, 12, 2, 0.0)
exercise.case("after the last step, at a floor of 0.5", 173, 12, 2, 8.0, 0.5)
# Asked before with another peak or floor: nothing may be kept from call to call.
exercise.case("half of the fall to a floor of 0", 60, 100, 20, 3e-4)
exercise.case("half of the fall from another peak", 7, 11, 3, 0.3)
exercise.case("all but one step are warm-up", 7, 11, 10, 0.5)
exercise.case("a run of one step", 0, 1, 0, 0.7, 0.1)
exercise.case("the step after the peak", 4, 11, 3, 8.0)
exercise.case("a warm-up to a peak of 7", 2, 12, 3, 7.0)
exercise.case("a hundred thousand steps", 40_000, 100_000, 2000, 6e-4, 6e-5)


def fall(t, peak, floor):
    return floor + (peak - floor) * (1 + math.cos(math.pi * t)) / 2


def done(step, total, warmup):
    """The share of the fall."""
    return min((step - warmup) / (total - warmup), 1)


def rise(step, warmup):
    """The share of the warm-up."""
    return (step + 1) / (warmup + 1)


@exercise.bug
def warm_up_from_zero(step, total, warmup, peak, floor=0.0):
    """The warm-up starts at a rate of 0, so the first batch changes nothing. Start at the first
    of warmup + 1 equal rises: (step + 1) / (warmup + 1)."""
    # "The warm-up starts at a rate of 0, so the first batch changes nothing": bug(0, 11, 3,
    #     8.0) == 0
    # "Start at the first of warmup + 1 equal rises: (step + 1) / (warmup + 1)": step / warmup →
    #     (step + 1) / (warmup + 1)
    if step < warmup:
        return peak * (step / warmup)
    return fall(done(step, total, warmup), peak, floor)


@exercise.bug
def peak_a_step_early(step, total, warmup, peak, floor=0.0):
    """The last step of the warm-up has the peak already, and the step after it has it again.
    There are warmup + 1 rises: divide by warmup + 1."""
    # "The last step of the warm-up has the peak already, and the step after it has it again":
    #     bug(2, 11, 3, 8.0) == bug(3, 11, 3, 8.0) == 8
    # "There are warmup + 1 rises: divide by warmup + 1": (step + 1) / warmup → (step + 1) /
    #     (warmup + 1)
    if step < warmup:
        return peak * ((step + 1) / warmup)
    return fall(done(step, total, warmup), peak, floor)


@exercise.bug
def no_warm_up(step, total, warmup, peak, floor=0.0):
    """The warm-up is missing: its steps have the peak. Below step `warmup` the rate rises in
    equal parts."""
    # "The warm-up is missing: its steps have the peak": bug(0, 11, 3, 8.0) == 8
    # "Below step `warmup` the rate rises in equal parts": return peak → return peak * (step +
    #     1) / (warmup + 1)
    if step < warmup:
        return peak
    return fall(done(step, total, warmup), peak, floor)


@exercise.bug
def cosine_from_step_zero(step, total, warmup, peak, floor=0.0):
    """The cosine counts from step 0, so that it is under way where the warm-up ends, and the
    peak is never reached. Count from `warmup`: (step - warmup) / (total - warmup)."""
    # "The cosine counts from step 0, so that it is under way where the warm-up ends, and the
    #     peak is never reached": max(bug(step, 11, 3, 8.0) for step in range(11)) < 8 == bug(0,
    #     11, 0, 8.0)
    # "Count from `warmup`: (step - warmup) / (total - warmup)": step / total → (step - warmup) /
    #     (total - warmup)
    if step < warmup:
        return peak * rise(step, warmup)
    return fall(min(step / total, 1), peak, floor)


@exercise.bug
def fall_as_long_as_the_run(step, total, warmup, peak, floor=0.0):
    """The fall is as long as the whole run, though it starts after the warm-up: it has not
    reached the floor at the end. Divide by total - warmup."""
    # "The fall is as long as the whole run, though it starts after the warm-up: it has not
    #     reached the floor at the end": bug(11, 11, 3, 8.0) > 0 == bug(11 + 3, 11, 3, 8.0)
    # "Divide by total - warmup": / total → / (total - warmup)
    if step < warmup:
        return peak * rise(step, warmup)
    return fall(min((step - warmup) / total, 1), peak, floor)


@exercise.bug(jump=(False, True))
def floor_a_step_early(step, total, warmup, peak, floor=0.0, jump=False):
    """The last step of the run has the floor already, which at a floor of 0 wastes it. The floor
    comes at step `total`: divide by total - warmup."""
    # "The last step of the run has the floor already, which at a floor of 0 wastes it": bug(10,
    #     11, 3, 8.0) == 0
    # "The floor comes at step `total`: divide by total - warmup": max(total -
    #     warmup - 1, 1) → (total - warmup); step >= total - 1 → step >= total
    if jump:
        return (
            floor
            if step >= total - 1
            else cosine_schedule(step, total, warmup, peak, floor)
        )
    if step < warmup:
        return peak * rise(step, warmup)
    return fall(min((step - warmup) / max(total - warmup - 1, 1), 1), peak, floor)


@exercise.bug(at_the_end=("peak", "floor"))
def whole_period(step, total, warmup, peak, floor=0.0, at_the_end="peak"):
    """The cosine runs through a whole period: the rate falls by the middle and rises again to
    the peak. Half a period is π: `math.cos(math.pi * t)`."""
    # "The cosine runs through a whole period: the rate falls by the middle and rises again to
    #     the peak": bug(7, 11, 3, 8.0) == 0 and bug(11, 11, 3, 8.0) == 8
    # "Half a period is π: `math.cos(math.pi * t)`": math.cos(2 * math.pi * t) →
    #     math.cos(math.pi * t)
    if step < warmup:
        return peak * rise(step, warmup)
    if at_the_end == "floor" and step >= total:
        return floor
    t = done(step, total, warmup)
    return floor + (peak - floor) * (1 + math.cos(2 * math.pi * t)) / 2


@exercise.bug
def quarter_period(step, total, warmup, peak, floor=0.0):
    """The cosine alone goes from 1 to 0 over a quarter of a period, and stays high for longer.
    Half a cosine is (1 + cos πt) / 2."""
    # "The cosine alone goes from 1 to 0 over a quarter of a period, and stays high for longer":
    #     got > want
    # "Half a cosine is (1 + cos πt) / 2": math.cos(math.pi * t / 2) → (1 + math.cos(math.pi *
    #     t)) / 2
    if step < warmup:
        return peak * rise(step, warmup)
    t = done(step, total, warmup)
    return floor + (peak - floor) * math.cos(math.pi * t / 2)


@exercise.bug
def cosine_not_halved(step, total, warmup, peak, floor=0.0):
    """1 + cos goes from 2 to 0, so the fall starts at twice the peak. Halve it."""
    # "1 + cos goes from 2 to 0, so the fall starts at twice the peak": bug(3, 11, 3, 8.0) == 16
    # "Halve it": (1 + math.cos(math.pi * t)) → (1 + math.cos(math.pi * t)) / 2
    if step < warmup:
        return peak * rise(step, warmup)
    t = done(step, total, warmup)
    return floor + (peak - floor) * (1 + math.cos(math.pi * t))


@exercise.bug
def straight_line(step, total, warmup, peak, floor=0.0):
    """The rate falls along a straight line, which meets the cosine at the start, the middle and
    the end only. Use (1 + cos πt) / 2 in place of 1 - t."""
    # "The rate falls along a straight line, which meets the cosine at the start, the middle and
    #     the end only": bug(7, 11, 3, 8.0) == right(7, 11, 3, 8.0) and bug(5, 11, 3, 8.0) == 6
    # "Use (1 + cos πt) / 2 in place of 1 - t": (1 - t) → (1 + math.cos(math.pi * t)) / 2
    if step < warmup:
        return peak * rise(step, warmup)
    t = done(step, total, warmup)
    return floor + (peak - floor) * (1 - t)


@exercise.bug
def degrees_for_radians(step, total, warmup, peak, floor=0.0):
    """The angle is given in degrees, but `math.cos` takes radians: half a period is π, not
    180."""
    # "The angle is given in degrees": math.isclose(got, 8.0 * (1 + math.cos(180 * 0.5)) / 2)
    # "but `math.cos` takes radians: half a period is π, not 180": math.cos(180 * t) →
    #     math.cos(math.pi * t)
    if step < warmup:
        return peak * rise(step, warmup)
    t = done(step, total, warmup)
    return floor + (peak - floor) * (1 + math.cos(180 * t)) / 2


@exercise.bug
def floor_on_top(step, total, warmup, peak, floor=0.0):
    """The floor is added to a cosine of the full height, so the fall starts above the peak.
    Scale the cosine by peak - floor."""
    # "The floor is added to a cosine of the full height, so the fall starts above the peak":
    #     bug(20, 100, 20, 3.0, 1.0) == 3 + 1
    # "Scale the cosine by peak - floor": floor + peak * → floor + (peak - floor) *
    if step < warmup:
        return peak * rise(step, warmup)
    t = done(step, total, warmup)
    return floor + peak * (1 + math.cos(math.pi * t)) / 2


@exercise.bug
def floor_as_a_bound(step, total, warmup, peak, floor=0.0):
    """The cosine falls to 0 and is cut off at the floor, so it is too low before, and the end of
    the run is flat. Let it fall to the floor: floor + (peak - floor) (1 + cos πt) / 2."""
    # "The cosine falls to 0 and is cut off at the floor, so it is too low before, and the end
    #     of the run is flat": bug(60, 100, 20, 3.0, 1.0) < 2 and bug(95, 100, 20, 3.0, 1.0) ==
    #     bug(99, 100, 20, 3.0, 1.0) == 1
    # "Let it fall to the floor: floor + (peak - floor) (1 + cos πt) / 2": max(floor, fall(t,
    #     peak, 0.0)) → floor + (peak - floor) * (1 + math.cos(math.pi * t)) / 2
    if step < warmup:
        return peak * rise(step, warmup)
    t = done(step, total, warmup)
    return max(floor, fall(t, peak, 0.0))


@exercise.bug(at_the_end=(False, True))
def floor_left_out(step, total, warmup, peak, floor=0.0, at_the_end=False):
    """The cosine falls to 0, not to the floor. End there: scale it by peak - floor, and add the
    floor."""
    # "The cosine falls to 0, not to the floor": bug(99, 100, 20, 3.0, 1.0) < 0.01
    # "End there: scale it by peak - floor, and add the floor": peak * (1 + math.cos(math.pi * t)) /
    #     2 → floor + (peak - floor) * (1 + math.cos(math.pi * t)) / 2
    if step < warmup:
        return peak * rise(step, warmup)
    if at_the_end and step >= total:
        return floor
    t = done(step, total, warmup)
    return peak * (1 + math.cos(math.pi * t)) / 2


@exercise.bug
def warm_up_from_the_floor(step, total, warmup, peak, floor=0.0):
    """The warm-up rises from the floor, which is only the end of the fall. It rises from 0."""
    # "The warm-up rises from the floor, which is only the end of the fall": bug(0, 100, 9, 3.0,
    #     1.0) == 1.2
    # "It rises from 0": floor + (peak - floor) * rise(step, warmup) → peak * rise(step, warmup)
    if step < warmup:
        return floor + (peak - floor) * rise(step, warmup)
    return fall(done(step, total, warmup), peak, floor)


@exercise.bug
def rises_after_the_end(step, total, warmup, peak, floor=0.0):
    """After the last step the cosine goes on, and the rate rises again. Hold t at 1 there, or
    return the floor."""
    # "After the last step the cosine goes on, and the rate rises again": bug(19, 11, 3, 8.0) ==
    #     8
    # "Hold t at 1 there, or return the floor": (step - warmup) / (total - warmup) → min((step -
    #     warmup) / (total - warmup), 1)
    if step < warmup:
        return peak * rise(step, warmup)
    t = (step - warmup) / (total - warmup)
    return floor + (peak - floor) * (1 + math.cos(math.pi * t)) / 2


@exercise.bug
def zero_after_the_end(step, total, warmup, peak, floor=0.0):
    """From step `total` on the rate is 0, which stops a run that goes on. It stays at the floor
    there."""
    # "From step `total` on the rate is 0": [bug(step, total, 20, 3.0, 1.0) for total in [100] for
    #     step in (total - 1, total, 170)][1:] == [0, 0]
    # "It stays at the floor there": return 0.0 → return floor
    if step >= total:
        return 0.0
    return cosine_schedule(step, total, warmup, peak, floor)


@exercise.bug
def warm_up_cut_off_at_the_floor(step, total, warmup, peak, floor=0.0):
    """The first steps of the warm-up have the floor where they belong below it. The floor is the
    end of the fall, and no bound: leave it out of the warm-up."""
    # "The first steps of the warm-up have the floor where they belong below it": bug(0, 100, 9,
    #     3.0, 1.0) == 1 > right(0, 100, 9, 3.0, 1.0)
    # "leave it out of the warm-up": max(floor, cosine_schedule(step, total, warmup, peak, floor))
    #     → cosine_schedule(step, total, warmup, peak, floor)
    return max(floor, cosine_schedule(step, total, warmup, peak, floor))


@exercise.bug
def last_rate_kept(step, total, warmup, peak, floor=0.0):
    """After the end the rate of the last step is kept, which lies above the floor. From step
    `total` on the rate is the floor."""
    # "After the end the rate of the last step is kept, which lies above the floor": bug(11, 11, 3,
    #     8.0) == bug(10, 11, 3, 8.0) > 0
    # "From step `total` on the rate is the floor": min(step, total - 1) → step
    return cosine_schedule(min(step, total - 1), total, warmup, peak, floor)


@exercise.bug
def peak_after_the_end(step, total, warmup, peak, floor=0.0):
    """After the last step the rate jumps back to the peak. It stays at the floor there."""
    # "After the last step the rate jumps back to the peak": bug(12, 11, 3, 8.0) == 8
    # "It stays at the floor there": return peak → return floor
    if step > total:
        return peak
    return cosine_schedule(step, total, warmup, peak, floor)


@exercise.bug
def counted_from_one(step, total, warmup, peak, floor=0.0):
    """Steps are counted from 1, but the first one is number 0: peak and floor come a step early.
    Count them from 0, with warmup + 1 rises."""
    # "Steps are counted from 1": bug(0, 11, 3, 3.0) == 1
    # "peak and floor come a step early": bug(2, 11, 3, 8.0) == 8 and bug(10, 11, 3, 8.0) == 0
    # "Count them from 0, with warmup + 1 rises": (step + 1) / warmup → (step + 1) / (warmup + 1);
    #     done(step + 1, → done(step,
    if step + 1 <= warmup:
        return peak * ((step + 1) / warmup)
    return fall(done(step + 1, total, warmup), peak, floor)


@exercise.bug
def floor_as_a_share(step, total, warmup, peak, floor=0.0):
    """The floor is taken for a share of the peak. It is a rate itself: end the fall at `floor`."""
    # "The floor is taken for a share of the peak": bug(100, 100, 20, 3.0, 0.5) == 0.5 * 3.0
    # "end the fall at `floor`": floor * peak → floor
    return cosine_schedule(step, total, warmup, peak, floor * peak)


@exercise.bug(
    again=(
        lambda step, total, warmup: warmup + (step - warmup) % (total - warmup),
        lambda step, total, warmup: (
            step if step == total else warmup + (step - warmup) % (total - warmup)
        ),
        lambda step, total, warmup: step % total,
    )
)
def starts_again_after_the_end(step, total, warmup, peak, floor=0.0, again=None):
    """After the end the run starts again, from the warm-up or from the peak. It stays at the floor
    there."""
    # "After the end the run starts again, from the warm-up or from the peak": bug(11, 11, 3, 8.0)
    #     == 8 == bug(19, 11, 3, 8.0) and bug(15, 11, 3, 8.0) == bug(7, 11, 3, 8.0)
    # "It stays at the floor there": again(step, total, warmup) → total
    if step >= total:
        step = again(step, total, warmup)
    return cosine_schedule(step, total, warmup, peak, floor)


@exercise.bug(
    curve=(
        lambda share: (1 - math.cos(math.pi * share)) / 2,
        lambda share: math.sin(math.pi * share / 2),
        lambda share: share**2,
        lambda share: share**0.5,
    )
)
def warm_up_along_a_curve(step, total, warmup, peak, floor=0.0, curve=None):
    """The warm-up rises along a curve, in parts that are not equal. Its rises are equal: peak times
    (step + 1) / (warmup + 1)."""
    # "The warm-up rises along a curve, in parts that are not equal": bug(0, 11, 3, 8.0) < 0.5 *
    #     (bug(1, 11, 3, 8.0) - bug(0, 11, 3, 8.0))
    # "Its rises are equal: peak times (step + 1) / (warmup + 1)": curve(rise(step, warmup)) → (step
    #     + 1) / (warmup + 1)
    if step < warmup:
        return peak * curve(rise(step, warmup))
    return fall(done(step, total, warmup), peak, floor)


@exercise.bug(first=(0, 1))
def below_the_peak_without_a_warm_up(step, total, warmup, peak, floor=0.0, first=0):
    """Without a warm-up step 0 lies below the peak. It has the peak where `warmup` is 0: the only
    rise goes all the way."""
    # "Without a warm-up step 0 lies below the peak": bug(0, 11, 0, 8.0) < 8 == bug(3, 11, 3, 8.0)
    # "It has the peak where `warmup` is 0: the only rise goes all the way": warmup == 0 → False
    if warmup == 0:
        if step == 0:
            return peak * first / 2
        if first:
            warmup = 1
    return cosine_schedule(step, total, warmup, peak, floor)


@exercise.bug(shift=(1, -1))
def fall_counted_from_another_step(step, total, warmup, peak, floor=0.0, shift=1):
    """The fall starts a step early or late: the first step after the warm-up is below the peak, or
    the second has it, too. Count from `warmup`: (step - warmup) / (total - warmup)."""
    # "The fall starts a step early or late: the first step after the warm-up is below the peak, or
    #     the second has it, too": bug(3, 11, 3, 8.0) == right(4, 11, 3, 8.0) and bug(4, 11, 3, 8.0)
    #     == right(5, 11, 3, 8.0)
    # "Count from `warmup`: (step - warmup) / (total - warmup)": done(max(step + shift, warmup), →
    #     done(step,
    if step < warmup:
        return peak * rise(step, warmup)
    if step >= total:
        return floor
    return fall(done(max(step + shift, warmup), total, warmup), peak, floor)


@exercise.bug(jump=(False, True))
def fall_a_step_too_long(step, total, warmup, peak, floor=0.0, jump=False):
    """The fall is a step too long, so the rate is too high all the way down. It takes total -
    warmup steps: divide by these."""
    # "The fall is a step too long": bug(8, 12, 2, 8.0) == right(8, 13, 2, 8.0)
    # "so the rate is too high all the way down": all(bug(step, 12, 2, 8.0) > right(step, 12, 2,
    #     8.0) for step in range(3, 12))
    # "divide by these": (total - warmup + 1) → (total - warmup)
    if step < warmup:
        return peak * rise(step, warmup)
    if jump and step >= total:
        return floor
    return fall(min((step - warmup) / (total - warmup + 1), 1), peak, floor)
