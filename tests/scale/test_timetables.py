"""Timetables beside their rules, and the bubble beside its formula."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from answers.scale.pipeline import gpipe, in_flight, one_f_one_b, pipeline_bubble

SIZES = [(1, 1), (1, 4), (4, 1), (3, 2), (4, 6), (5, 16)]


@pytest.mark.parametrize("timetable", [gpipe, one_f_one_b])
@pytest.mark.parametrize(("stages", "micro_batches"), SIZES)
def test_each_pass_once_after_its_neighbours_and_the_bubble_is_as_the_formula(
    timetable, stages, micro_batches
):
    found = timetable(stages, micro_batches)
    every = {*range(1, micro_batches + 1)} | {-i for i in range(1, micro_batches + 1)}
    slots = [{each: int(np.flatnonzero(row == each).item()) for each in every} for row in found]
    assert (found != 0).sum() == len(every) * stages
    for i in range(1, micro_batches + 1):
        way = [each[i] for each in slots] + [each[-i] for each in slots[::-1]]
        assert (np.diff(way) > 0).all()
    p, m = stages, micro_batches
    assert pipeline_bubble(found) == pytest.approx((p - 1) / (m + p - 1))
    idle = (found == 0).sum(axis=1)
    assert idle / (2 * m) == pytest.approx((p - 1) / m)
    expected = np.minimum(p - np.arange(p), m) if timetable is one_f_one_b else np.full(p, m)
    assert_array_equal(in_flight(found), expected)


@pytest.mark.parametrize("timetable", [gpipe, one_f_one_b])
def test_small_integers_of_numpy_do_not_wrap(timetable):
    for stages, micro_batches in ((np.int8(3), np.int8(127)), (np.uint8(3), np.uint8(255))):
        expected = timetable(int(stages), int(micro_batches))
        assert_array_equal(timetable(stages, micro_batches), expected)


@pytest.mark.parametrize("timetable", [gpipe, one_f_one_b])
def test_no_stage_and_no_micro_batch_are_refused(timetable):
    with pytest.raises(ValueError, match="`stages` is 0"):
        timetable(0, 2)
    with pytest.raises(ValueError, match="`micro_batches` is 0"):
        timetable(2, 0)
