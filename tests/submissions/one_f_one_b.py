"""Right and wrong ways to write `one_f_one_b`."""

import numpy as np


def _orders(p, m, warm_up=None):
    """Each stage's passes in their order."""
    for s in range(p):
        w = min(p - s - 1 if warm_up is None else warm_up(s), m)
        steady = [each for i in range(1, m - w + 1) for each in (w + i, -i)]
        yield [*range(1, w + 1), *steady, *range(-(m - w) - 1, -m - 1, -1)]


def _table(orders):
    """Slot by slot, each stage its next pass if the neighbour had it before."""
    p, queues = len(orders), [list(order) for order in orders]
    had, columns = [set() for _ in orders], []
    while any(queues):
        before = [set(each) for each in had]
        column = [0] * p
        for s, queue in enumerate(queues):
            if not queue:
                continue
            near = s - 1 if queue[0] > 0 else s + 1
            if not 0 <= near < p or queue[0] in before[near]:
                column[s] = queue.pop(0)
                had[s].add(column[s])
        columns.append(column)
    return np.array(columns).T


def slot_by_slot(stages, micro_batches):
    return _table(list(_orders(stages, micro_batches)))


def closed_form(stages, micro_batches):
    """Forward i at s + i - 1 up to the first of the steady part, then behind a backward."""
    p, m = stages, micro_batches
    table = np.zeros((p, 2 * (m + p - 1)), int)
    for s in range(p):
        steady = p - s
        for i in range(1, m + 1):
            back = 2 * p - s + 2 * i - 3
            table[s, back] = -i
            table[s, s + i - 1 if i <= steady else back - 2 * steady + 1] = i
    return table


def by_recursion(stages, micro_batches):
    """The slot of each pass: after its neighbour's, and after the stage's own last one."""
    orders = list(_orders(stages, micro_batches))
    known = {}

    def slot(s, at):
        if (s, at) not in known:
            each = orders[s][at]
            near = s - 1 if each > 0 else s + 1
            before = [slot(s, at - 1)] if at else []
            if 0 <= near < stages:
                before.append(slot(near, orders[near].index(each)))
            known[s, at] = max(before, default=-1) + 1
        return known[s, at]

    slots = {(s, slot(s, at)): e for s, order in enumerate(orders) for at, e in enumerate(order)}
    table = np.zeros((stages, 1 + max(at for _, at in slots)), int)
    for place, each in slots.items():
        table[place] = each
    return table


def by_repeated_delays(stages, micro_batches):
    """All passes begin too early, and are put off until no rule is broken."""
    orders = list(_orders(stages, micro_batches))
    slots = [list(range(len(order))) for order in orders]
    changed = True
    while changed:
        changed = False
        for s, order in enumerate(orders):
            for at, each in enumerate(order):
                near = s - 1 if each > 0 else s + 1
                least = slots[s][at - 1] + 1 if at else 0
                if 0 <= near < stages:
                    least = max(least, slots[near][orders[near].index(each)] + 1)
                if slots[s][at] < least:
                    slots[s][at], changed = least, True
    table = np.zeros((stages, max(map(max, slots)) + 1), dtype=int)
    for s, order in enumerate(orders):
        table[s, slots[s]] = order
    return table


def with_counters(stages, micro_batches):
    """Without lists: how many passes of each kind a stage has done decides the next."""
    forward, backward = [0] * stages, [0] * stages
    columns = []
    while min(backward) < micro_batches:
        f, b, column = list(forward), list(backward), []
        for s in range(stages):
            warm_up = stages - s - 1
            left = f[s] < micro_batches
            turn = f[s] - b[s] <= warm_up and left
            if turn:
                ready = s == 0 or f[s - 1] > f[s]
                forward[s] += ready
                column.append(forward[s] if ready else 0)
            else:
                ready = b[s] < f[s] and (s == stages - 1 or b[s + 1] > b[s])
                backward[s] += ready
                column.append(-backward[s] if ready else 0)
        columns.append(column)
    return np.array(columns).T


def of_columns(stages, micro_batches):
    """The last stage fixes when gradients come; small integers are integers, too."""
    return slot_by_slot(int(stages), int(micro_batches)).astype(np.int32)


def gpipe(stages, micro_batches):
    ahead = list(range(1, micro_batches + 1))
    return _table([ahead + [-i for i in ahead]] * stages)


def one_too_many(stages, micro_batches):
    return _table(list(_orders(stages, micro_batches, lambda s: stages - s)))


def one_warm_up(stages, micro_batches):
    return _table(list(_orders(stages, micro_batches, lambda s: stages - 1)))


def newest_first(stages, micro_batches):
    table = slot_by_slot(stages, micro_batches)
    return np.where(table < 0, -micro_batches - 1 - table, table)


def from_zero(stages, micro_batches):
    table = slot_by_slot(stages, micro_batches)
    return np.where(table > 0, table - 1, np.minimum(table + 1, 0))


def rows_reversed(stages, micro_batches):
    return np.flipud(slot_by_slot(stages, micro_batches))


def unsigned(stages, micro_batches):
    return np.abs(slot_by_slot(stages, micro_batches))


def one_idle_more(stages, micro_batches):
    table = slot_by_slot(stages, micro_batches)
    return np.hstack([table, np.zeros((stages, 1), int)])


def slots_as_rows(stages, micro_batches):
    return slot_by_slot(stages, micro_batches).T


def opposite_signs(stages, micro_batches):
    return -slot_by_slot(stages, micro_batches)


def without_waiting(stages, micro_batches):
    """Each stage starts when the first activations come, and then never waits."""
    rows = [[0] * s + order for s, order in enumerate(_orders(stages, micro_batches))]
    width = max(map(len, rows))
    return np.array([row + [0] * (width - len(row)) for row in rows])


def as_floats(stages, micro_batches):
    """Idle is nan."""
    table = slot_by_slot(stages, micro_batches).astype(float)
    return np.where(table == 0, np.nan, table)


def at_most_four_stages(stages, micro_batches):
    """Deeper pipelines warm up with three passes."""
    return _table(list(_orders(stages, micro_batches, lambda s: min(stages - s - 1, 3))))


def gpipe_of_few(stages, micro_batches):
    """Fewer micro-batches than stages: all forward passes first."""
    return (gpipe if micro_batches < stages else slot_by_slot)(stages, micro_batches)


def one_micro_batch_alone(stages, micro_batches):
    """One micro-batch has no bubble: the idle slots are left out."""
    if micro_batches == 1 and stages > 1:
        return np.tile([1, -1], (stages, 1))
    return slot_by_slot(stages, micro_batches)


def lists_of_one_stage(stages, micro_batches):
    """One stage gives one axis."""
    table = slot_by_slot(stages, micro_batches)
    return table[0] if stages == 1 else table


def signed_bytes(stages, micro_batches):
    """Numbers past 9 lose their tens."""
    table = slot_by_slot(stages, micro_batches)
    return np.sign(table) * (abs(table) % 10)


def at_least_as_many(stages, micro_batches):
    """Of fewer micro-batches than stages it makes as many as stages."""
    return slot_by_slot(stages, max(stages, micro_batches))


def cut_after_the_first_stage(stages, micro_batches):
    """Of more than six micro-batches the last slot is forgotten."""
    table = slot_by_slot(stages, micro_batches)
    return table[:, :-1] if micro_batches > 6 else table


def only_integers_of_python(stages, micro_batches):
    if not isinstance(stages, int) or not isinstance(micro_batches, int):
        raise TypeError("stages and micro_batches must be integers")
    return slot_by_slot(stages, micro_batches)


def one_too_few(stages, micro_batches):
    return _table(list(_orders(stages, micro_batches, lambda s: max(0, stages - s - 2))))


def one_at_a_time(stages, micro_batches):
    return _table(list(_orders(stages, micro_batches, lambda s: 0)))


def whatever_can_be_done(stages, micro_batches):
    """A gradient first; without one, the next forward pass."""
    had, columns = [{0} for _ in range(stages)], []
    while any(len(each) <= 2 * micro_batches for each in had):
        before = [set(each) for each in had]
        column = []
        for s, own in enumerate(before):
            back, ahead = min(own) - 1, max(own) + 1
            got = -back in own if s == stages - 1 else back in before[s + 1]
            come = s == 0 or ahead in before[s - 1]
            column.append(back if got else ahead if come and ahead <= micro_batches else 0)
            had[s].add(column[-1])
        columns.append(column)
    return np.array(columns).T


def floats(stages, micro_batches):
    return slot_by_slot(stages, micro_batches) * 1.0


def bytes_that_wrap(stages, micro_batches):
    """Right up to 127 micro-batches."""
    return slot_by_slot(stages, micro_batches).astype(np.int8)


def without_idle_slots(stages, micro_batches):
    return np.array(list(_orders(stages, micro_batches)))


def warm_up_of_s(stages, micro_batches):
    """The last stage has most, and waits for ever; what was done until then is returned."""
    orders = list(_orders(stages, micro_batches, lambda s: s))
    done, columns = [0] * stages, []
    while not columns or any(columns[-1]):
        before = [set(order[:n]) for order, n in zip(orders, done, strict=True)]
        column = [0] * stages
        for s, order in enumerate(orders):
            each = order[done[s]] if done[s] < len(order) else 0
            near = s - 1 if each > 0 else s + 1
            if each and (not 0 <= near < stages or each in before[near]):
                column[s] = each
                done[s] += 1
        columns.append(column)
    return np.array(columns[:-1]).T


def as_soon_as_the_stage_before(stages, micro_batches):
    """A forward pass in the slot in which the stage before does it; stages are asked in order."""
    queues, had, columns = list(_orders(stages, micro_batches)), [], []
    had = [set() for _ in queues]
    while any(queues):
        before = [set(each) for each in had]
        column = [0] * stages
        for s, queue in enumerate(queues):
            if not queue:
                continue
            ready = (
                s == 0 or queue[0] in had[s - 1]
                if queue[0] > 0
                else s == stages - 1 or queue[0] in before[s + 1]
            )
            if ready:
                column[s] = queue.pop(0)
                had[s].add(column[s])
        columns.append(column)
    return np.array(columns).T


def two_slots_backward(stages, micro_batches):
    """Each stage's times by relaxation; a backward pass takes as long as two forward passes."""
    orders = list(_orders(stages, micro_batches))
    ends = [[0] * len(order) for order in orders]
    for _ in range(2 * stages * micro_batches + 2):
        for s, order in enumerate(orders):
            for at, each in enumerate(order):
                near = s - 1 if each > 0 else s + 1
                begin = ends[s][at - 1] if at else 0
                if 0 <= near < stages:
                    begin = max(begin, ends[near][orders[near].index(each)])
                ends[s][at] = begin + (1 if each > 0 else 2)
    table = np.zeros((stages, max(map(max, ends))), int)
    for row, order, times in zip(table, orders, ends, strict=True):
        for each, end in zip(order, times, strict=True):
            row[end - (1 if each > 0 else 2) : end] = each
    return table


def one_in_each_warm_up(stages, micro_batches):
    return _table(list(_orders(stages, micro_batches, lambda s: min(1, stages - s - 1))))


def two_before_the_first_gradient(stages, micro_batches):
    return _table(list(_orders(stages, micro_batches, lambda s: max(1, stages - s - 1))))


def _times(orders, wait, near):
    """Times by relaxation; a pass begins `wait` slots after the pass that it needs."""
    slots = [list(range(len(order))) for order in orders]
    for _ in range(2 * sum(map(len, orders)) + 2):
        for s, order in enumerate(orders):
            for at, each in enumerate(order):
                least, other = (slots[s][at - 1] + 1 if at else 0), near(s, each)
                if 0 <= other < len(orders):
                    there = slots[other][orders[other].index(each)]
                    least = max(least, there + wait(each))
                slots[s][at] = least
    table = np.zeros((len(orders), max(map(max, slots)) + 1), dtype=int)
    for s, order in enumerate(orders):
        table[s, slots[s]] = order
    return table


def sends_gradients_for_a_slot(stages, micro_batches):
    orders = list(_orders(stages, micro_batches))
    wait, near = (lambda i: 1 if i > 0 else 2), (lambda s, i: s - 1 if i > 0 else s + 1)
    return _times(orders, wait, near)


def gradients_of_the_last_stage(stages, micro_batches):
    orders = list(_orders(stages, micro_batches))
    last = stages - 1

    def near(s, i):
        return s - 1 if i > 0 else last if s < last else stages

    return _times(orders, lambda i: 1, near)


def closed_form_that_is_late(stages, micro_batches):
    table = np.zeros((stages, 2 * (stages + micro_batches - 1)), dtype=np.int64)
    for s in range(stages):
        for m in range(micro_batches):
            table[s, s + (m if m < stages - s - 1 else 2 * m)] = m + 1
            table[s, 2 * stages - 1 - s + 2 * m] = -(m + 1)
    return table


def until_the_last_stage_is_done(stages, micro_batches):
    return slot_by_slot(stages, micro_batches)[:, : stages - 1 + 2 * micro_batches]


def activations_of_the_first_stage(stages, micro_batches):
    orders = list(_orders(stages, micro_batches))

    def near(s, i):
        return s + 1 if i < 0 else 0 if s else -1

    return _times(orders, lambda i: 1, near)


# What each is told.
WRONG = {
    gpipe: "all_forward_first",
    one_too_many: "warm_up_too_long",
    one_warm_up: "same_warm_up_everywhere",
    one_too_few: "warm_up_too_short",
    one_at_a_time: "no_warm_up",
    whatever_can_be_done: "forward_while_it_waits",
    newest_first: "last_gradient_first",
    from_zero: "counted_from_0",
    rows_reversed: "stages_in_reverse",
    unsigned: "backward_without_sign",
    one_idle_more: "idle_at_the_end",
    slots_as_rows: "transposed",
    opposite_signs: "sign",
    without_waiting: "backward_without_waiting",
    as_floats: "wrong_only_where_it_should_be_0",
    at_most_four_stages: None,
    gpipe_of_few: "all_forward_first_of_few",
    one_micro_batch_alone: None,
    lists_of_one_stage: "right_numbers_in_another_shape",
    signed_bytes: "right_in_its_sum",
    at_least_as_many: None,
    only_integers_of_python: "a_property_fails",
    floats: "a_property_fails",
    bytes_that_wrap: "wrapped_around",
    without_idle_slots: "in_the_same_slot",
    warm_up_of_s: "warm_up_counted_from_the_first",
    as_soon_as_the_stage_before: "forward_without_waiting",
    two_slots_backward: "backward_takes_two_slots",
    one_in_each_warm_up: "one_forward_in_each_warm_up",
    two_before_the_first_gradient: "last_stage_warms_up",
    sends_gradients_for_a_slot: "backward_a_slot_later",
    gradients_of_the_last_stage: "backward_after_the_last_stage",
    closed_form_that_is_late: "forward_late",
    until_the_last_stage_is_done: "ends_with_the_last_stage",
    cut_after_the_first_stage: "wrong_where_micro_batches_is_7_or_more",
    activations_of_the_first_stage: "forward_after_the_first_stage",
}
