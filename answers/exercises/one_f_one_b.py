"""Practice for question 36: which stage of a pipeline does which pass in which slot."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.scale.pipeline import one_f_one_b

exercise = Exercise(
    one_f_one_b,
    page="36-parallel-training",
    hints=(
        "First write each stage's order of passes down, as a list: i for a forward pass, -i for a "
        "backward pass. Which stage has no warm-up?",
        "Then fill slot after slot: for each stage, whom does the next pass of its list wait for?",
        "A pass may begin if the neighbour had done it before this slot: keep the slot of each "
        "pass of each stage in a dictionary.",
    ),
)

for name, stages, micro_batches in (
    ("one stage, one micro-batch", 1, 1),
    ("one stage", 1, 3),
    ("two stages, one micro-batch", 2, 1),
    ("two stages, two micro-batches", 2, 2),
    ("two stages", 2, 5),
    ("three stages, one micro-batch", 3, 1),
    ("three stages, fewer micro-batches", 3, 2),
    ("three stages, as many micro-batches", 3, 3),
    ("three stages, one micro-batch more", 3, 4),
    ("three stages", 3, 7),
    ("four stages, fewer micro-batches", 4, 2),
    ("four stages", 4, 6),
    ("five stages, as many micro-batches", 5, 5),
    ("five stages", 5, 9),
    ("eight stages, fewer micro-batches", 8, 3),
    ("eight stages", 8, 20),
    ("more micro-batches than a byte counts", 1, 130),
):
    exercise.case(name, stages, micro_batches)


@exercise.check
def passes_are_integers(one_f_one_b):
    """The timetable holds floats, which are no index of a micro-batch: make it an array of
    integers."""
    return np.asarray(one_f_one_b(2, 2)).dtype.kind in "iu"


@exercise.check
def counts_that_numpy_has_made(one_f_one_b):
    """It fails for numbers of NumPy, such as `np.int64(3)`. They are integers as well."""
    found = one_f_one_b(np.int64(2), np.int64(2))
    return np.array_equal(found, [[1, 2, 0, -1, 0, -2], [0, 1, -1, 2, -2, 0]])


def orders(stages, micro_batches, warm_up=lambda stage, stages: stages - stage - 1):
    """Each stage's passes, in order."""
    made = []
    for stage in range(stages):
        before = min(warm_up(stage, stages), micro_batches)
        order = list(range(1, before + 1))
        for each in range(1, micro_batches + 1):
            ahead = before + each
            order += [ahead, -each] if ahead <= micro_batches else [-each]
        made.append(order)
    return made


def filled(
    orders,
    apart=1,
    forward_waits=True,
    backward_waits=True,
    backward_slots=1,
    backward_later=0,
    backward_after=None,
    forward_after=None,
):
    """The timetable of stages that do their passes as early as they can; a stage that waits in
    vain stops."""
    stages, done, busy = len(orders), {}, [-1] * len(orders)
    for slot in range(3 * sum(map(len, orders))):
        # Down the stages and up again: in one slot passes may follow where `apart` is 0.
        for stage in (*range(stages), *reversed(range(stages))):
            todo = [each for each in orders[stage] if (each, stage) not in done]
            if not todo or busy[stage] >= slot:
                continue
            before = stage - 1 if todo[0] > 0 else stage + 1
            if backward_after is not None and todo[0] < 0 and before < stages:
                before = backward_after % stages
            if forward_after is not None and todo[0] > 0 and stage > 0:
                before = forward_after
            least = apart + (backward_later if todo[0] < 0 else 0)
            waits = (
                forward_waits if todo[0] > 0 else backward_waits
            ) and 0 <= before < stages
            if not waits or done.get((todo[0], before), slot + 1) + least <= slot:
                busy[stage] = slot + (backward_slots - 1 if todo[0] < 0 else 0)
                done[todo[0], stage] = busy[stage]
    timetable = np.zeros((stages, max(done.values()) + 1), int)
    for (each, stage), at in done.items():
        timetable[stage, at] = each
        if each < 0:
            timetable[stage, at - backward_slots + 1 : at] = each
    return timetable


@exercise.bug
def all_forward_first(stages, micro_batches):
    """Each stage does all forward passes first: that is GPipe, which keeps the activations of all
    micro-batches. Begin backward passes after the warm-up."""

    # "Each stage does all forward passes first": (np.sign(got).cumsum(axis=1).max(axis=1) ==
    #     micro_batches).all()
    # "Begin backward passes after the warm-up": , everything) → )
    def everything(stage, stages):
        return micro_batches

    return filled(orders(stages, micro_batches, everything))


@exercise.bug
def warm_up_too_long(stages, micro_batches):
    """The warm-up of stage s has p - s forward passes, one too many: the last stage needs none.
    It has p - s - 1."""

    # "The warm-up of stage s has p - s forward passes, one too many":
    #     list(got[-1][got[-1] != 0][:2]) == [1, 2]
    # "It has p - s - 1": stages - stage → stages - stage - 1
    def longer(stage, stages):
        return stages - stage

    return filled(orders(stages, micro_batches, longer))


@exercise.bug
def same_warm_up_everywhere(stages, micro_batches):
    """Every stage warms up with p - 1 forward passes, as the first one. Stage s needs p - s - 1:
    the later, the sooner its first gradient comes."""

    # "Every stage warms up with p - 1 forward passes": (np.sign(got).cumsum(axis=1).max(axis=1) ==
    #     min(stages, micro_batches)).all()
    # "Stage s needs p - s - 1": return stages - 1 → return stages - stage - 1
    def longest(stage, stages):
        return stages - 1

    return filled(orders(stages, micro_batches, longest))


@exercise.bug
def warm_up_too_short(stages, micro_batches):
    """The warm-up of stage s has p - s - 2 forward passes, one too few: it stands idle until its
    first gradient comes. It has p - s - 1."""

    # "The warm-up of stage s has p - s - 2 forward passes, one too few":
    #     np.sign(got[0]).cumsum().max() == min(max(stages - 1, 1), micro_batches)
    # "It has p - s - 1": max(stages - stage - 2, 0) → stages - stage - 1
    def shorter(stage, stages):
        return max(stages - stage - 2, 0)

    return filled(orders(stages, micro_batches, shorter))


@exercise.bug
def no_warm_up(stages, micro_batches):
    """No stage warms up: each has one micro-batch at a time, so the others wait. Stage s first
    does p - s - 1 forward passes."""

    # "No stage warms up: each has one micro-batch at a time": (np.sign(got).cumsum(axis=1) <=
    #     1).all()
    # "Stage s first does p - s - 1 forward passes": return 0 → return stages - stage - 1
    def none(stage, stages):
        return 0

    return filled(orders(stages, micro_batches, none))


@exercise.bug
def forward_while_it_waits(stages, micro_batches):
    """A stage that waits for a gradient does another forward pass, so it keeps more micro-batches.
    Keep to the order, and wait."""
    # "A stage that waits for a gradient does another forward pass, so it keeps more micro-batches":
    #     (np.sign(got).cumsum(axis=1).max(axis=1) > np.sign(want).cumsum(axis=1).max(axis=1)).any()
    # "Keep to the order, and wait": eager(stages, micro_batches) → filled(orders(stages,
    #     micro_batches))
    return eager(stages, micro_batches)


def eager(stages, micro_batches):
    """In each slot a backward pass if one can be done, or else a forward pass."""
    forward, backward, columns = [0] * stages, [0] * stages, []
    while min(backward) < micro_batches:
        f, b = [micro_batches, *forward], [*backward, None]
        column = []
        for s in range(stages):
            ready = f[s + 1] if s == stages - 1 else b[s + 1]
            if b[s] < ready:
                backward[s] += 1
                column.append(-backward[s])
            elif f[s + 1] < f[s]:
                forward[s] += 1
                column.append(forward[s])
            else:
                column.append(0)
        columns.append(column)
    return np.array(columns).T


@exercise.bug
def last_gradient_first(stages, micro_batches):
    """Backward passes run from the last micro-batch to the first. The first was forward first, and
    its activations are kept longest: go backward in the same order."""
    # "Backward passes run from the last micro-batch to the first": list(got[0][got[0] < 0]) ==
    #     list(range(-micro_batches, 0))
    # "go backward in the same order": reverse=True → reverse=False
    found = filled(orders(stages, micro_batches))
    found[found < 0] = [each for row in found for each in in_order(row, reverse=True)]
    return found


def in_order(row, reverse):
    return sorted(row[row < 0], reverse=not reverse)


@exercise.bug
def counted_from_0(stages, micro_batches):
    """Micro-batches count from 0, so the first one's passes look idle. Count from 1."""
    # "Micro-batches count from 0": np.array_equal(got, want - np.sign(want))
    # "Count from 1": - np.sign(found) → * 1
    found = filled(orders(stages, micro_batches))
    return found - np.sign(found)


@exercise.bug
def in_the_same_slot(stages, micro_batches):
    """A pass begins in the slot in which its neighbour does the same pass. It waits for the end of
    that slot."""
    # "A pass begins in the slot in which its neighbour does the same pass": bool(got[1, 0] == 1)
    # "It waits for the end of that slot": , apart=0 →
    return filled(orders(stages, micro_batches), apart=0)


@exercise.bug
def a_slot_between(stages, micro_batches):
    """A slot lies between a pass and the neighbour's. Sending takes none: a pass may begin in the
    next slot."""
    # "A slot lies between a pass and the neighbour's": list(got[1, :3]) == [0, 0, 1]
    # "a pass may begin in the next slot": , apart=2 →
    return filled(orders(stages, micro_batches), apart=2)


@exercise.bug
def backward_without_waiting(stages, micro_batches):
    """Backward passes do not wait for the next stage, which makes their gradients. Begin one
    after that stage has done it."""
    # "Backward passes do not wait for the next stage": any((row == -1).argmax() <= (behind ==
    #     -1).argmax() for row, behind in zip(got, got[1:]))
    # "Begin one after that stage has done it": , backward_waits=False →
    return filled(orders(stages, micro_batches), backward_waits=False)


@exercise.bug
def forward_without_waiting(stages, micro_batches):
    """A forward pass begins before the slot is over in which the stage before does it, which makes
    its activations. Begin it in a later slot."""
    # "A forward pass begins before the slot is over in which the stage before does it":
    #     bool((got[:, 0] == 1).all())
    # "Begin it in a later slot": , forward_waits=False →
    return filled(orders(stages, micro_batches), forward_waits=False)


@exercise.bug
def warm_up_counted_from_the_first(stages, micro_batches):
    """Stage s warms up with s forward passes, so the last stages wait for passes that never come.
    It has p - s - 1: the first stage has most."""

    # "Stage s warms up with s forward passes": np.sign(got[0]).cumsum().max() == 1
    # "so the last stages wait for passes that never come": (got != 0).sum() < (want != 0).sum()
    # "It has p - s - 1: the first stage has most": return stage → return stages - stage - 1
    def later_more(stage, stages):
        return stage

    return filled(orders(stages, micro_batches, later_more))


@exercise.bug
def stages_in_reverse(stages, micro_batches):
    """The last stage stands in the first row. Rows follow the stages."""
    # "The last stage stands in the first row": np.array_equal(got, want[::-1])
    # "Rows follow the stages": [::-1] → [:]
    return filled(orders(stages, micro_batches))[::-1]


@exercise.bug
def backward_without_sign(stages, micro_batches):
    """Backward passes have no minus sign. Write -i for that of micro-batch i."""
    # "Backward passes have no minus sign": np.array_equal(got, abs(want))
    # "Write -i for that of micro-batch i": abs(found) → found
    found = filled(orders(stages, micro_batches))
    return abs(found)


@exercise.bug(together=(True, False))
def backward_takes_two_slots(stages, micro_batches, together=True):
    """Each backward pass fills two slots. Here each pass takes one."""
    # "Each backward pass fills two slots": (got < 0).sum() == 2 * (want < 0).sum()
    # "Here each pass takes one": doubled(found) → found; backward_slots=2 →
    #     backward_slots=1
    if not together:
        return filled(orders(stages, micro_batches), backward_slots=2)
    found = filled(orders(stages, micro_batches))
    return doubled(found)


def doubled(timetable):
    """Each column with a backward pass twice; a forward pass in it once."""
    columns = []
    for column in timetable.T:
        columns.append(column)
        if (column < 0).any():
            columns.append(np.minimum(column, 0))
    return np.array(columns).T


@exercise.bug
def idle_at_the_end(stages, micro_batches):
    """An idle slot follows the last pass. End with that pass."""
    # "An idle slot follows the last pass": not got[:, -1].any()
    # "End with that pass": np.pad(found, ((0, 0), (0, 1))) → found
    found = filled(orders(stages, micro_batches))
    return np.pad(found, ((0, 0), (0, 1)))


@exercise.bug
def one_forward_in_each_warm_up(stages, micro_batches):
    """Each stage but the last warms up with one forward pass, which is enough for two stages only.
    Stage s does p - s - 1: its first gradient comes back over all stages behind."""

    # "Each stage but the last warms up with one forward pass": np.sign(got[0]).cumsum().max() ==
    #     min(2, micro_batches)
    # "Stage s does p - s - 1": min(stages - stage - 1, 1) → stages - stage - 1
    def one(stage, stages):
        return min(stages - stage - 1, 1)

    return filled(orders(stages, micro_batches, one))


@exercise.bug
def last_stage_warms_up(stages, micro_batches):
    """The last stage warms up, too, with one forward pass. It needs none: its own forward pass is
    followed by the backward pass."""

    # "The last stage warms up, too, with one forward pass": list(got[-1][got[-1] != 0][:2]) == [1,
    #     2]
    # "It needs none": max(stages - stage - 1, 1) → stages - stage - 1
    def one_at_least(stage, stages):
        return max(stages - stage - 1, 1)

    return filled(orders(stages, micro_batches, one_at_least))


@exercise.bug
def backward_a_slot_later(stages, micro_batches):
    """A slot lies between a stage's backward pass and the next stage's. A gradient is there in the
    next slot: begin then."""
    # "A slot lies between a stage's backward pass and the next stage's": ((got[0] == -1).argmax()
    #     - (got[1] == -1).argmax()) == 2
    # "begin then": , backward_later=1 →
    return filled(orders(stages, micro_batches), backward_later=1)


@exercise.bug
def backward_after_the_last_stage(stages, micro_batches):
    """A backward pass waits for the last stage alone. The gradient comes from the next stage:
    wait for that."""
    # "A backward pass waits for the last stage alone": (got[0] == -1).argmax() == (got[-1] ==
    #     -1).argmax() + 1
    # "wait for that": , backward_after=-1 →
    return filled(orders(stages, micro_batches), backward_after=-1)


@exercise.bug
def forward_late(stages, micro_batches):
    """Forward passes are put off from the end of the warm-up on, to every other slot. The first of
    the steady part can be done as soon as the stage before has done it."""
    # "Forward passes are put off from the end of the warm-up on": np.array_equal(got[got < 0],
    #     want[want < 0]) and (got != want).any()
    # "The first of the steady part can be done as soon as the stage before has done it": each <
    #     warm_up → each <= warm_up
    table = np.minimum(filled(orders(stages, micro_batches)), 0)
    for stage in range(stages):
        warm_up = stages - stage - 1
        for each in range(micro_batches):
            at = stage + (each if each < warm_up else 2 * each)
            table[stage, at] = each + 1
    return table


@exercise.bug
def all_forward_first_of_few(stages, micro_batches):
    """Of fewer micro-batches than stages each stage does all forward passes first. The later ones
    begin backward passes in between: only the length of a warm-up is limited."""

    # "Of fewer micro-batches than stages each stage does all forward passes first":
    #     (np.sign(got).cumsum(axis=1).max(axis=1) == micro_batches).all()
    # "only the length of a warm-up is limited": few else → False else
    def everything_if_few(stage, stages):
        few = micro_batches < stages
        return micro_batches if few else stages - stage - 1

    return filled(orders(stages, micro_batches, everything_if_few))


@exercise.bug
def ends_with_the_last_stage(stages, micro_batches):
    """The timetable ends when the last stage is done, and other stages still have backward passes
    to do. Go on until the first stage is done."""
    # "The timetable ends when the last stage is done": got.shape[1] == 1 + (want[-1] ==
    #     -micro_batches).argmax()
    # "other stages still have backward passes to do": (got < 0).sum() < (want < 0).sum()
    # "Go on until the first stage is done": found[-1] → found[0]
    found = filled(orders(stages, micro_batches))
    return found[:, : np.flatnonzero(found[-1])[-1] + 1]


@exercise.bug
def forward_after_the_first_stage(stages, micro_batches):
    """A forward pass waits for the first stage alone. The activations come from the stage before:
    wait for that."""
    # "A forward pass waits for the first stage alone": len({*(got[1:] == 1).argmax(axis=1)}) == 1
    # "wait for that": , forward_after=0 →
    return filled(orders(stages, micro_batches), forward_after=0)
