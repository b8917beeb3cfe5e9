"""Pipeline parallelism: which stage works on which micro-batch, and how long it waits.

A timetable has a row per stage and a column per slot: i is the forward pass of micro-batch i,
-i its backward pass, 0 an idle slot. Micro-batches count from 1.
"""

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from answers.inputs import refuse_empty
from answers.inputs.contracts import refuses


# --8<-- [start:in_slots_refuses]
def below_one(count, name):
    if count < 1:
        raise ValueError(f"`{name}` is {count}; choose at least 1")


# --8<-- [end:in_slots_refuses]
# --8<-- [start:in_slots]
def in_slots(orders: list[list[int]]) -> ndarray:
    """The timetable of stages that each do their passes in an order, as early as they can."""
    stages, done = len(orders), {}  # pass and stage: the slot
    todo = [order[::-1] for order in orders]  # the next pass stands last
    for slot in range(sum(map(len, orders))):  # in each slot someone works
        for stage, left in enumerate(todo):
            if left:
                each = left[-1]
                before = stage - 1 if each > 0 else stage + 1
                # The first stage waits for no activations, the last one for no gradients.
                if not 0 <= before < stages or done.get((each, before), slot) < slot:
                    done[left.pop(), stage] = slot
    timetable = np.zeros((stages, max(done.values()) + 1), int)
    for (each, stage), at in done.items():
        timetable[stage, at] = each
    return timetable


# --8<-- [end:in_slots]


# --8<-- [start:gpipe_refuses]
@refuses(stages=below_one, micro_batches=below_one)
# --8<-- [end:gpipe_refuses]
# --8<-- [start:gpipe]
def gpipe(stages: int, micro_batches: int) -> Int[ndarray, "stages slots"]:
    """GPipe's timetable: all forward passes, then all backward passes.

    Args:
        stages: How many parts the layers are cut into.
        micro_batches: How many parts the batch is cut into.

    Raises:
        ValueError: A number is below 1.

    Source:
        Huang et al. (2018), GPipe, https://arxiv.org/abs/1811.06965

    Example:
        >>> gpipe(2, 2)
        array([[ 1,  2,  0,  0, -1, -2],
               [ 0,  1,  2, -1, -2,  0]])
    """
    forward = list(range(1, micro_batches + 1))
    return in_slots([forward + [-each for each in forward]] * stages)


# --8<-- [end:gpipe]


# --8<-- [start:one_f_one_b_refuses]
@refuses(stages=below_one, micro_batches=below_one)
# --8<-- [end:one_f_one_b_refuses]
# --8<-- [start:one_f_one_b]
def one_f_one_b(stages: int, micro_batches: int) -> Int[ndarray, "stages slots"]:
    """The timetable of 1F1B: after a warm-up, a stage turns from forward to backward and back.

    Stage s of p, counted from 0, first does p - s - 1 forward passes, or all if there are fewer.
    Then it does one forward pass and one backward pass in turn, and at the end the backward
    passes that are left; each kind in the order of the micro-batches. It does its next pass as
    early as it can: a forward pass after the stage before has done it, a backward pass after the
    next stage has done it, in an earlier slot. Each pass takes one slot.

    How:
        Write each stage's order down, then fill slot after slot: each stage does the next pass of
        its order if its neighbour had done that pass before this slot.

    Args:
        stages: How many parts the layers are cut into.
        micro_batches: How many parts the batch is cut into.

    Returns:
        A row per stage, a column per slot, until the last pass is done: i is the forward pass of
        micro-batch i, counted from 1, -i its backward pass, 0 an idle slot. Integers.

    Raises:
        ValueError: A number is below 1.

    Source:
        Narayanan et al. (2021), section 2.2, https://arxiv.org/abs/2104.04473

    Example:
        >>> one_f_one_b(2, 2)
        array([[ 1,  2,  0, -1,  0, -2],
               [ 0,  1, -1,  2, -2,  0]])
    """
    orders = []
    for stage in range(stages):
        warm_up = min(stages - stage - 1, micro_batches)
        order = list(range(1, warm_up + 1))
        for each in range(1, micro_batches + 1):
            ahead = warm_up + each
            order += [ahead, -each] if ahead <= micro_batches else [-each]
        orders.append(order)
    return in_slots(orders)


# --8<-- [end:one_f_one_b]


# --8<-- [start:pipeline_bubble_refuses]
@refuses(timetable=refuse_empty)
# --8<-- [end:pipeline_bubble_refuses]
# --8<-- [start:pipeline_bubble]
def pipeline_bubble(timetable: Int[ndarray, "stages slots"]) -> float:
    """The share of all slots in which a stage is idle.

    For both timetables here it is (p - 1) / (m + p - 1) with p stages and m micro-batches.

    Raises:
        ValueError: `timetable` is empty.

    Example:
        >>> pipeline_bubble(np.array([[1, 0, -1], [0, 1, -1]]))
        0.3333333333333333
    """
    return float((timetable == 0).mean())


# --8<-- [end:pipeline_bubble]


# --8<-- [start:in_flight_refuses]
@refuses(timetable=refuse_empty)
# --8<-- [end:in_flight_refuses]
# --8<-- [start:in_flight]
def in_flight(timetable: Int[ndarray, "stages slots"]) -> Int[ndarray, " stages"]:
    """The most micro-batches of each stage whose activations wait for their backward pass.

    Raises:
        ValueError: `timetable` is empty.

    Example:
        >>> in_flight(np.array([[1, 2, -1, -2], [1, -1, 2, -2]]))
        array([2, 1])
    """
    return np.sign(timetable).cumsum(axis=1).max(axis=1)


# --8<-- [end:in_flight]
